-- Closures, upvalues, varargs, recursion, tail calls, to-be-closed variables.
local function counter()
  local n = 0
  return function() n = n + 1; return n end, function() return n end
end
local up, get = counter()
for _ = 1, 10 do up() end
print(get())

local adders = {}
for i = 1, 5 do adders[i] = function(x) return x + i end end
print(adders[1](10), adders[5](10))

local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
print(fib(20))
local function loop(n, acc) if n == 0 then return acc end return loop(n - 1, acc + n) end
print(loop(10000, 0))
local function ackermann(m, n)
  if m == 0 then return n + 1 end
  if n == 0 then return ackermann(m - 1, 1) end
  return ackermann(m - 1, ackermann(m, n - 1))
end
print(ackermann(2, 6))

local function va(...)
  local a, b = ...
  return select("#", ...), a, b, select(-1, ...)
end
print(va(1, nil, 3), (va(1, 2)), select(2, "a", "b", "c"))
local function compose(f, ...)
  if not ... then return f end
  local rest = compose(...)
  return function(...) return f(rest(...)) end
end
print(compose(math.abs, function(x) return x - 100 end, tonumber)("42"))

local memo = setmetatable({}, { __index = function(self, n)
  local v = n < 2 and n or self[n - 1] + self[n - 2]
  self[n] = v
  return v
end })
print(memo[80])

do
  local log = {}
  local function closing(name)
    return setmetatable({}, { __close = function(_, e) log[#log + 1] = name .. ":" .. tostring(e and "error") end })
  end
  do
    local a <close> = closing("a")
    local b <close> = closing("b")
    local c <const> = 5
    log[#log + 1] = "body" .. c
  end
  pcall(function()
    local d <close> = closing("d")
    error("x", 0)
  end)
  for _ in (function() return nil end), nil, nil, closing("loop") do end
  print(table.concat(log, " "))
end

local object = { value = 1 }
function object:add(n) self.value = self.value + n; return self end
print(object:add(2):add(3).value)
local deep = 0
local function nest(n) if n > 0 then deep = deep + 1; nest(n - 1); deep = deep + 0 end end
nest(150)
print(deep)
