-- Coroutines: generators, errors inside, wrap, close, yield across pcall and
-- metamethods, many of them alive at once.
local function generate(n)
  return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end)
end
local sum = 0
for i in generate(500) do sum = sum + i end
print(sum)

local function permutations(a, n)
  n = n or #a
  if n <= 1 then coroutine.yield(table.concat(a)) return end
  for i = 1, n do
    a[n], a[i] = a[i], a[n]
    permutations(a, n - 1)
    a[n], a[i] = a[i], a[n]
  end
end
local all = {}
for p in coroutine.wrap(function() permutations({ "a", "b", "c", "d" }) end) do all[#all + 1] = p end
print(#all, all[1], all[24])

local co = coroutine.create(function(a, b)
  local c = coroutine.yield(a + b)
  local d, e = coroutine.yield(c * 2)
  return d + e
end)
print(coroutine.resume(co, 1, 2))
print(coroutine.status(co), coroutine.resume(co, 10))
print(coroutine.resume(co, 3, 4))
print(coroutine.status(co), coroutine.resume(co))

local failing = coroutine.create(function() local x = nil; return x.field end)
print(coroutine.resume(failing))
print(coroutine.status(failing), coroutine.close(failing))
print(select(2, pcall(coroutine.wrap(function() error({ code = 5 }) end))).code)

local inside = coroutine.wrap(function()
  local ok, message = pcall(function()
    coroutine.yield("in pcall")
    error("after yield", 0)
  end)
  coroutine.yield(tostring(ok) .. " " .. message)
  local t = setmetatable({}, {
    __index = function(_, k) return coroutine.yield("index " .. k) end,
    __add = function(_, v) return coroutine.yield("add " .. v) end,
    __lt = function() return coroutine.yield("lt") end,
    __concat = function() return coroutine.yield("concat") end,
    __call = function(_, v) return coroutine.yield("call " .. v) end,
  })
  local got = { t.name, t + 5, t < t, t .. "x", t(7) }
  for i = 1, #got do got[i] = tostring(got[i]) end
  return table.concat(got, ",")
end)
print(inside()); print(inside()); print(inside())
for i = 1, 5 do print(inside(i)) end

local threads = {}
for i = 1, 50 do
  threads[i] = coroutine.create(function() for j = 1, 20 do coroutine.yield(i * j) end return "done" end)
end
local total, live = 0, 50
while live > 0 do
  for i = 1, 50 do
    if coroutine.status(threads[i]) == "suspended" then
      local _, v = coroutine.resume(threads[i])
      if v == "done" then live = live - 1 else total = total + v end
    end
  end
end
print(total)

print(coroutine.isyieldable(), coroutine.running() ~= nil, select(2, coroutine.running()))
local closer = coroutine.create(function()
  local x <close> = setmetatable({}, { __close = function() print("closed") end })
  coroutine.yield()
end)
coroutine.resume(closer)
print(coroutine.close(closer), coroutine.status(closer))
print(select(2, pcall(coroutine.yield)))
local function recurse(n)
  if n == 0 then return 0 end
  return 1 + coroutine.wrap(recurse)(n - 1)
end
print(recurse(50), select("#", coroutine.resume(coroutine.create(function(...) return ... end), 1, 2, 3)))
