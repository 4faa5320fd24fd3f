-- load, dump, dofile, require, string.dump with and without debug data, the
-- parser on every statement, goto, long strings, comments, syntax errors.
local chunk = load("local a, b = ... ; return a * b + (x or 0)", "chunk", "t", { x = 1 })
print(chunk(6, 7))
local pieces, i = { "return ", "1", " + ", "2" }, 0
print(load(function() i = i + 1; return pieces[i] end)())
local function sample(n)
  local up = chunk
  local t = { 1, 2.5, "three", nil, true, [10] = {} }
  ::again::
  n = n - 1
  if n > 0 then goto again end
  for k = 1, 3 do if k == 2 then goto continue end t[#t + 1] = k ::continue:: end
  return n, #t, up ~= nil
end
for _, strip in ipairs({ false, true }) do
  local dumped = string.dump(sample, strip)
  local again = load(dumped, "dumped", "b")
  debug.setupvalue(again, 1, chunk)
  print(again(5))
end
print(load("\27garbage", "x", "b"), load("return 1", "x", "b"), load(string.dump(sample), "x", "t"))
for _, bad in ipairs({ "x = ", "for", "goto nowhere", "break", "::a:: ::a::", "local x <const> = 1; x = 2",
    "return 'unfinished", "x = [[long", "--[[ never", "x = 0xg", "x = '\\q'", "f(", "local function", "x = }",
    "a.b:c = 1", "return return", "local x <what> = 1", "x = 1e", "x = '\\u{110000000}'", "x = '\\300'", "if x then else elseif",
    "local t = {1, 2, [3] 4}", "x = ~", "return ...", "function f() return ... end" }) do
  local ok, message = load(bad, "=bad")
  print(ok and "accepted" or message)
end
local source = {}
for n = 1, 300 do source[n] = ("local v%d = %d; g%d = v%d"):format(n % 150, n, n, n % 150) end
print(load("do " .. table.concat(source, " end do ") .. " end return g300")())
print(select(2, load(("local x\n"):rep(250))))
print(select(2, load("return " .. ("("):rep(300) .. "1" .. (")"):rep(300))))
print(#[[
first newline is skipped]], [==[a]]b]==], "\x41\65\u{48}\z
      tail\
next", 'esc\a\b\f\v\t\\' == "esc\7\8\12\11\9\92")
local n = 0
while true do n = n + 1; if n > 5 then break end end
repeat local done = n > 8; n = n + 1 until done
do local function f(...) local a <const>, b = ...; return b, a end print(f(1, 2), n) end
for a = 1, 3 do for b = 1, 3 do if a * b == 4 then goto out end end end
::out::
print(not nil == true, 1 .. 2 == "12", 2 ^ 3 ^ 2, -2 ^ 2, not 1 == 2, 1 < 2 == true, "a" .. "b" == "ab" and 1 or 2)
print((" "):rep(2) .. 1 + 2 * 3 - 4 // 2 .. "|" .. (5 & 3 | 8 ~ 1 << 2), #"abc" + 1, -"2" + 0, ~5 & 0xF)
package.preload.inner = function(name, extra) return { name = name, extra = extra } end
print(require("inner").name, package.loaded.inner.extra, pcall(require, "no.such.module") == false)
print(type(package.path), type(package.searchers), package.config:sub(1, 1), pcall(package.loadlib, "/nonexistent.so", "f"))
print(package.searchpath("no.such", "./?.lua;./?/init.lua") == nil, _VERSION, _G._G == _G)
local environment = { print = print }
local f = load("y = 5; local _ENV = { z = 6 }; return z", "env", "t", environment)
print(f(), environment.y, rawget(_G, "y"))
