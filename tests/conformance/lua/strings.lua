-- The string library: patterns, formats, packing, buffers, comparisons.
local words = {}
for word in ("the quick brown fox jumps over the lazy dog"):gmatch("%a+") do
  words[#words + 1] = word:sub(1, 1):upper() .. word:sub(2)
end
print(table.concat(words, " "), #words)

print(("hello world"):find("o w"), ("hello"):find("l+"), ("a.b"):find(".", 1, true))
print(("key = value"):match("^(%w+)%s*=%s*(%w+)$"))
print(("f(a(b)c)d"):match("%b()"), ("THE (quick) fox"):find("%((%a+)%)"))
print(("hello"):gsub("l", { l = "L" }), ("abc"):gsub("%w", "%0%0"), ("abc"):gsub("", "-"))
print(("x = $name, y = $other"):gsub("%$(%w+)", function(n) return n:rep(2) end))
print(("THE (quick) fox"):gsub("%f[%a]%a+", string.lower))
print(("%d %5.2f %-8s| %q %x %o %e %g %a %i %c %%"):format(
  42, 3.14159, "left", 'quo"te\n\0', 255, 8, 12345.678, 1e100, 1.0, -7, 65))
print(("%q %q %q"):format(1 / 3, math.mininteger, 0x7fffffff))
print(("%s %10s %.3s"):format(nil, true, "abcdef"))
print(("abc"):byte(1, -1), string.char(72, 105), ("abc"):reverse(), ("ab"):rep(3, ","))
print(("abc" < "abd"), ("a" < "B"), ("" < "a"), ("a\0b" < "a\0c"), ("z" > "aa"), ("a" <= "a"))
print(#("x"):rep(1000), ("x"):rep(0) == "", ("x"):rep(-1) == "")

local packed = string.pack("<i4>I2zs1dfn!8Bj", -7, 515, "zero", "len", 1.5, 0.25, 2.5, 200, -1)
print(#packed, string.unpack("<i4>I2zs1dfn!8Bj", packed))
print(string.packsize("i4i8!8d"), select("#", string.unpack("<I3", "\1\2\3")))
print(pcall(string.pack, "i17", 1), pcall(string.rep, "x", 1 << 60))

local parts = {}
for i = 1, 300 do parts[i] = tostring(i) .. (i % 7 == 0 and ";" or ",") end
local joined = table.concat(parts)
print(#joined, select(2, joined:gsub(";", "")), joined:sub(-12))

local s = ""
for i = 1, 200 do s = s .. string.char(97 + i % 26) end
print(s:sub(1, 30), #s, s:find("xyz", 50, true), s:len() == #s)
print(tostring(12), tostring(1.5), tostring(-0.0), tostring(1e15), tostring(2^53), 10 .. 20)
print(pcall(string.format, "%d", 1.5), pcall(string.find, "a", "[a"), pcall(string.find, "a", "%"))
print(pcall(string.gsub, "abc", "(", "x"), pcall(string.format, "%y", 1))
for k, v in string.gmatch("a=1, b=2, c=3", "(%w+)=(%w+)") do io.write(k, v, " ") end
for position in ("one two"):gmatch("()%a+") do io.write(position, " ") end
print(("x"):upper(), ("[%w]"):gsub("%p", "."), ("  trim  "):match("^%s*(.-)%s*$") .. "|")
