-- What the demo measures Lua with: tables, strings, closures, the collector.
local function queens(n)
  local found, columns, up, down = 0, {}, {}, {}
  local function place(row)
    if row > n then found = found + 1 return end
    for c = 1, n do
      if not (columns[c] or up[row + c] or down[row - c]) then
        columns[c], up[row + c], down[row - c] = true, true, true
        place(row + 1)
        columns[c], up[row + c], down[row - c] = nil, nil, nil
      end
    end
  end
  place(1)
  return found
end

local function words(n)
  local count, list = {}, {}
  for i = 1, n do list[i] = ("word%d"):format(i * i % 997) end
  for word in table.concat(list, " "):gmatch("%a+%d+") do
    count[word] = (count[word] or 0) + 1
  end
  local keys = {}
  for key in pairs(count) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b)
    return count[a] > count[b] or count[a] == count[b] and a < b
  end)
  return #keys, keys[1]
end

local function trees(depth)
  local function make(d) return d > 0 and { make(d - 1), make(d - 1) } or {} end
  local function size(t) return t[1] and 1 + size(t[1]) + size(t[2]) or 1 end
  local total = 0
  for _ = 1, 20 do total = total + size(make(depth)) end
  return total
end

for _ = 1, 6 do
  io.write("queens ", queens(9), "  words ", words(200000), "  trees ", trees(13), "\n")
end
