# score.awk: compares what the tools said with the labels. Input: the labels (file, scene,
# verdict, label), then the results (tool, file, scene, state, 8 numbers). Run by run.sh.
FNR == NR {
    scene = $1 "/" $2
    order[++scenes] = scene
    verdict[scene] = $3
    count[$3]++
    fields = split($4, part, " ")
    for (i = 1; i <= fields; i++) {
        split(part[i], pair, "=")
        label[scene, pair[1]] = pair[2]
    }
    next
}

{ result[$1, $2 "/" $3] = $0 }

function percent(part, whole)
{
    return whole ? sprintf("%.1f%%", 100 * part / whole) : "-"
}

# What the label says; it must not create the entry that it asks for.
function said(scene, key, otherwise)
{
    return (scene, key) in label ? label[scene, key] : otherwise
}

# The label does not say, or says the same.
function same(scene, key, value)
{
    return !((scene, key) in label) || label[scene, key] + 0 == value
}

# The scene says why this tool differs.
function known(tool, scene)
{
    return index("," said(scene, "differs", "") ",", "," tool ",")
}

function say(tool, scene, what)
{
    found = found sprintf("%-9s %-38s %s%s\n", tool, scene, what,
        known(tool, scene) ? " (known, see the scene)" : "")
}

function numbers(scene, line)
{
    split(line, part, "\t")
    return sprintf("definite=%d bytes=%d indirect=%d indirect_bytes=%d, label %d/%s + %d/%s",
        part[5], part[6], part[7], part[8], said(scene, "definite", 0),
        said(scene, "bytes", "any"), said(scene, "indirect", 0),
        said(scene, "indirect_bytes", "any"))
}

function judge(tool, scene,    line, part, is_found, total, wanted, any_bytes,
    wanted_bytes)
{
    line = result[tool, scene]
    split(line, part, "\t")
    if (part[4] != "ok") {
        errors[tool]++
        failed = 1
        say(tool, scene, "ERROR " part[4])
        outcome = "error"
        return
    }
    is_found = part[5] + part[7] > 0
    if (verdict[scene] == "UNDECIDABLE") {
        outcome = is_found ? "reported" : "silent"
        return
    }
    if (part[9] + 0 > 0) {
        possible[tool, verdict[scene], is_found ? "too" : "only"]++
    }
    if (verdict[scene] == "CLEAN") {
        outcome = is_found ? "false_positive" : "true_negative"
        if (part[11] != "-" && (scene, "reachable") in label) {
            reach_said[tool]++
            if (same(scene, "reachable", part[9] + part[11]) &&
                same(scene, "reachable_bytes", part[10] + part[12])) {
                reach_exact[tool]++
            } else {
                say(tool, scene, sprintf("REACHABLE blocks=%d bytes=%d, label %s/%s",
                    part[9] + part[11], part[10] + part[12], said(scene, "reachable", "any"),
                    said(scene, "reachable_bytes", "any")))
            }
        }
    } else {
        outcome = is_found ? "true_positive" : "false_negative"
    }
    tally[tool, outcome]++
    if (outcome == "false_positive" || outcome == "false_negative") {
        wrong += !known(tool, scene)
        say(tool, scene, (is_found ? "FALSE ALARM " : "MISSED ") numbers(scene, line))
    }
    if (outcome != "true_positive") {
        return
    }
    total = part[5] + part[7]
    wanted = said(scene, "definite", 0) + said(scene, "indirect", 0)
    any_bytes = !((scene, "bytes") in label) ||
        said(scene, "indirect", 0) && !((scene, "indirect_bytes") in label)
    if (total == wanted) {
        blocks[tool]++
    }
    wanted_bytes = said(scene, "bytes", 0) + said(scene, "indirect_bytes", 0)
    if (total == wanted && (any_bytes || part[6] + part[8] == wanted_bytes)) {
        bytes[tool]++
    }
    if (same(scene, "definite", part[5]) && part[7] == said(scene, "indirect", 0) + 0 &&
        same(scene, "bytes", part[6]) && same(scene, "indirect_bytes", part[8])) {
        split_exact[tool]++
    } else {
        say(tool, scene, "COUNTS " numbers(scene, line))
    }
}

END {
    if (format == "csv") {
        print "tool,scene,verdict,outcome,definite,bytes,indirect,indirect_bytes,possible," \
            "possible_bytes,reachable,reachable_bytes"
    }
    tool_count = split(tools, tool_list, " ")
    for (t = 1; t <= tool_count; t++) {
        tool = tool_list[t]
        for (s = 1; s <= scenes; s++) {
            judge(tool, order[s])
            if (format == "csv") {
                split(result[tool, order[s]], part, "\t")
                printf "%s,%s,%s,%s", tool, order[s], verdict[order[s]], outcome
                for (i = 5; i <= 12; i++) {
                    printf ",%s", part[i] == "-" ? "" : part[i]
                }
                print ""
            }
        }
    }
    if (format != "csv") {
        printf "%d scenes: %d leak, %d clean, %d undecidable (not scored)\n\n", scenes,
            count["LEAK"], count["CLEAN"], count["UNDECIDABLE"]
        head = "%-9s %5s %5s %5s %5s %8s %10s %7s %7s %7s %10s %6s\n"
        printf head, "tool", "TP", "FN", "FP", "TN", "recall", "precision", "blocks", "bytes",
            "split", "reachable", "error"
        for (t = 1; t <= tool_count; t++) {
            tool = tool_list[t]
            tp = tally[tool, "true_positive"]; fp = tally[tool, "false_positive"]
            fn = tally[tool, "false_negative"]; tn = tally[tool, "true_negative"]
            printf head, tool, tp + 0, fn + 0, fp + 0, tn + 0, percent(tp, tp + fn),
                percent(tp, tp + fp), blocks[tool] + 0, bytes[tool] + 0, split_exact[tool] + 0,
                reach_said[tool] ? (reach_exact[tool] + 0) "/" reach_said[tool] : "-",
                errors[tool] + 0
        }
        print "\nblocks, bytes: of TP, with the exact number of lost blocks, and of bytes too; split:"
        print "and told apart exactly into definite and indirect. reachable: clean scenes with exact counts."
        for (t = 1; t <= tool_count; t++) {
            tool = tool_list[t]
            clean = possible[tool, "CLEAN", "only"] + possible[tool, "CLEAN", "too"]
            leak = possible[tool, "LEAK", "only"] + 0
            if (clean + leak) {
                printf "%s: \"possibly lost\", not counted as found: in %d clean scenes, and as the only\n" \
                    "report in %d leaking ones.\n", tool, clean, leak
            }
        }
        if (list && found) {
            printf "\n%s", found
        }
    } else if (list) {
        printf "%s", found > "/dev/stderr"
    }
    exit failed ? 3 : strict && wrong ? 1 : 0
}
