-- Metamethods of every kind, inheritance, __gc order, weak tables.
local V = {}
V.__index = V
local function new(x, y) return setmetatable({ x = x, y = y }, V) end
V.__add = function(a, b) return new(a.x + b.x, a.y + b.y) end
V.__sub = function(a, b) return new(a.x - b.x, a.y - b.y) end
V.__mul = function(a, b) return type(b) == "number" and new(a.x * b, a.y * b) or a.x * b.x + a.y * b.y end
V.__div = function(a, b) return new(a.x / b, a.y / b) end
V.__mod = function(a, b) return new(a.x % b, a.y % b) end
V.__pow = function(a, b) return new(a.x ^ b, a.y ^ b) end
V.__unm = function(a) return new(-a.x, -a.y) end
V.__idiv = function(a, b) return new(a.x // b, a.y // b) end
V.__band = function(a, b) return a.x & b end
V.__bor = function(a, b) return a.x | b end
V.__bxor = function(a, b) return a.x ~ b end
V.__shl = function(a, b) return a.x << b end
V.__shr = function(a, b) return a.x >> b end
V.__bnot = function(a) return ~a.x end
V.__concat = function(a, b) return tostring(a) .. "&" .. tostring(b) end
V.__len = function(a) return a.x end
V.__eq = function(a, b) return a.x == b.x and a.y == b.y end
V.__lt = function(a, b) return a.x < b.x end
V.__le = function(a, b) return a.x <= b.x end
V.__call = function(self, ...) return self.x, ... end
V.__tostring = function(a) return "(" .. a.x .. "," .. a.y .. ")" end
V.__name = "Vector"
local a, b = new(5, 6), new(1, 2)
print(tostring(a + b), tostring(a - b), a * b, tostring(a * 2), tostring(a / 2), tostring(a % 2))
print(tostring(a ^ 2), tostring(-a), tostring(a // 2), a & 4, a | 2, a ~ 1, a << 1, a >> 1, ~a)
print(a .. b, a .. "s", "s" .. a, #a, a == new(5, 6), a ~= b, a < b, a <= b, a > b, a(9))

local Animal = {}; Animal.__index = Animal
function Animal.new(name) return setmetatable({ name = name }, Animal) end
function Animal:speak() return self.name .. " " .. self:sound() end
local Dog = setmetatable({}, { __index = Animal }); Dog.__index = Dog
function Dog.new(name) return setmetatable(Animal.new(name), Dog) end
function Dog:sound() return "woof" end
local dogs = {}
for i = 1, 100 do dogs[i] = Dog.new("dog" .. i) end
local length = 0
for _, dog in ipairs(dogs) do length = length + #dog:speak() end
print(length, dogs[7]:speak())

local log = {}
local proxy = setmetatable({}, {
  __index = function(_, k) log[#log + 1] = "get " .. tostring(k); return k end,
  __newindex = function(t, k, v) log[#log + 1] = "set " .. tostring(k); rawset(t, k, v) end,
  __pairs = function() return function(_, k) if not k then return 1, "one" end end, nil, nil end,
  __metatable = "locked",
})
local _ = proxy.alpha; proxy.beta = 1; proxy.beta = 2; _ = proxy.beta
for k, v in pairs(proxy) do log[#log + 1] = k .. v end
print(table.concat(log, ", "), getmetatable(proxy), pcall(setmetatable, proxy, nil))
print(rawequal(a, new(5, 6)), rawget(proxy, "alpha"), rawlen({ 1, 2, 3 }), getmetatable("").__index == string)

local chain = {}
for i = 1, 20 do chain = setmetatable({ ["level" .. i] = i }, { __index = chain }) end
print(chain.level1, chain.level20, chain.missing)
local default = setmetatable({}, { __index = function() return 0 end })
for c in ("mississippi"):gmatch(".") do default[c] = default[c] + 1 end
print(default.m, default.i, default.s, default.p)
