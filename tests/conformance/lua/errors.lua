-- Errors leave many C frames at once by longjmp: the case that call counting by
-- matching enters and leaves would get wrong.
for i = 1, 300 do
  local ok, message = pcall(error, "boom " .. i, 0)
  assert(not ok and message == "boom " .. i)
end
local function nested(n)
  if n == 0 then error({ depth = 0 }) end
  local ok, e = pcall(nested, n - 1)
  e.depth = e.depth + 1
  error(e)
end
local _, e = pcall(nested, 30)
print(e.depth)

print(pcall(function() return 1 + nil end))
print(pcall(function() return {} .. "x" end))
print(pcall(function() return #5 end))
print(pcall(function() return {} < {} end))
print(pcall(function() return 1 < "2" end))
print(pcall(function() local t; t.x = 1 end))
print(pcall(function() undefined_function() end))
print(pcall(function() return 1 // 0 end))
print(pcall(function() return 1 % 0 end))
print(pcall(function() return 2^53 | 1.5 end))
print(pcall(function() for i = 1, 10, 0 do end end))
print(pcall(string.rep), pcall(setmetatable, 1, {}), pcall(ipairs))
print(pcall(error), pcall(error, nil), pcall(error, setmetatable({}, { __tostring = function() return "custom" end })))
print(select(2, xpcall(function() error("handled", 0) end, function(m) return "<" .. m .. ">" end)))
print(xpcall(function(...) return select("#", ...) end, print, 1, 2, 3))
print(select(2, xpcall(function() local x = nil + 1 end, function(m) return (m:gsub("^.-:%d+: ", "")) end)))
print(pcall(error, "level 1", 1), pcall(error, "level 2", 2))

local function overflow() return 1 + overflow() end
local ok, message = pcall(overflow)
print(ok, message:match("stack overflow") or message)
local ok2, message2 = pcall(function()
  local function handler(m) error(m) end
  return xpcall(error, handler, "again")
end)
print(ok2, type(message2))
print(pcall(string.gsub, ("x"):rep(300), ("(x"):rep(40), ""))
print(select(2, pcall(string.rep, "ab", 1e10 // 1 | 0)) ~= nil)

local caught = 0
for _ = 1, 500 do
  local good = pcall(function()
    local t = setmetatable({}, { __index = function() error("deep", 0) end })
    table.sort({ 3, 1, 2 }, function() return t.x end)
  end)
  if not good then caught = caught + 1 end
end
print(caught)
print(assert(1, "unused"), select(2, pcall(assert, false, "told")), select(2, pcall(assert, nil)))
print(select("#", pcall(function() return 1, 2, 3 end)))
warn("@on"); warn("@off")
print(tostring(select(2, load("x = = 1"))))
