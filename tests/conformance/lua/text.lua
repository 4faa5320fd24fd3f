-- utf8, debug library and hooks.
local s = "aé€😀z"
print(#s, utf8.len(s), utf8.char(72, 228, 8364, 128512), utf8.offset(s, 4), utf8.codepoint(s, 1, -1))
for p, c in utf8.codes(s) do io.write(p, ":", c, " ") end
print(utf8.len("\xff"), pcall(utf8.codepoint, "\xff"), utf8.charpattern, utf8.offset("abc", -1))
for c in s:gmatch(utf8.charpattern) do io.write("<", c, ">") end
print(utf8.len("\u{7FFFFFFF}", 1, -1, true), pcall(utf8.len, "abc", 10))
for _, bad in ipairs({ "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82" }) do io.write(tostring(utf8.len(bad)), " ") end
print()

local function where(level) local i = debug.getinfo(level or 2, "Slnutf"); return i.what, i.namewhat, i.name, i.currentline, i.nups, i.isvararg end
print(where(2))
local function locals(a, b) local c = a + b; local names = {}
  for i = 1, 5 do local n, v = debug.getlocal(1, i); if n then names[#names + 1] = n .. "=" .. type(v) end end
  return table.concat(names, " ") end
print(locals(1, 2))
local up = 5
local function reads() return up end
print(debug.getupvalue(reads, 1), debug.setupvalue(reads, 1, 9), reads(), up)
print(debug.upvalueid(reads, 1) ~= nil, debug.getinfo(print).what, debug.getinfo(1, "l").currentline)
local lines, calls, counts = 0, 0, 0
debug.sethook(function(event) if event == "line" then lines = lines + 1 elseif event == "count" then counts = counts + 1 else calls = calls + 1 end end, "crl", 100)
for i = 1, 50 do local x = tostring(i) end
debug.sethook()
print(lines > 50, calls > 50, counts > 0, debug.gethook())
print((debug.traceback("trace", 1):gsub("\n.*", "")), select(2, debug.traceback("a\nb"):gsub("\n", "")))
local co = coroutine.create(function() local inner = 3; coroutine.yield() end)
coroutine.resume(co)
print(debug.getlocal(co, 1, 1), (debug.traceback(co):gsub("%s+", " ")))
print(debug.getmetatable("").__index == string, debug.setmetatable(10, { __index = { half = 5 } }), (10).half, debug.setmetatable(10, nil))
local uservalue = debug.getuservalue(io.stdout, 1)
print(uservalue, debug.getregistry() ~= nil, next(debug.getinfo(where, "L").activelines) ~= nil)
