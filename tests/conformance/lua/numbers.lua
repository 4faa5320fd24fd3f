-- Integers and floats, conversions, integer division, bits, the math library.
print(7 // 2, -7 // 2, 7 // -2, 7 % 3, -7 % 3, 7 % -3, 7.5 // 2, -7.5 % 2, 5 // 0.0, -5 % math.huge)
print(1 / 2, 3 / 1, 2 ^ 10, 10 // 3 * 3 + 10 % 3, 1e308 * 10, -(0 / 0) ~= 0 / 0)
print(math.maxinteger, math.mininteger, math.maxinteger + 1 == math.mininteger, math.mininteger // -1)
print(0x10, 0xA.8p1, 1e2, .5, 3., 0xffffffffffffffff, 9223372036854775808)
print(3 & 5, 3 | 5, 3 ~ 5, ~0, 1 << 63, 1 << 64, 1 >> 1, -1 >> 60, "3" + 4, "0x10" * 2, 10 .. "")
print(math.type(1), math.type(1.0), math.type("1"), 1 == 1.0, math.tointeger(3.0), math.tointeger(3.5))
print(math.floor(3.7), math.ceil(3.2), math.floor(-3.7), math.abs(-5), math.max(1, 5, 3), math.min(2.5, 1))
print(math.fmod(7, 3), math.fmod(-7, 3), math.modf(3.25), math.sqrt(16), math.ult(1, -1))
print(("%.6f %.6f %.6f"):format(math.sin(1), math.cos(1), math.tan(1)))
print(("%.6f %.6f %.6f %.6f"):format(math.exp(1), math.log(10), math.log(8, 2), math.log(100, 10)))
print(("%.6f %.6f %.6f %.6f"):format(math.asin(0.5), math.acos(0.5), math.atan(1), math.atan(1, -1)))
print(math.pi, math.deg(math.pi), math.rad(180))
math.randomseed(42)
local sum = 0
for _ = 1, 1000 do sum = sum + math.random(1, 100) end
print(sum, math.random(5) <= 5, math.random() < 1, math.random(0) ~= nil)
print(tonumber("10"), tonumber("0x1p4"), tonumber("  12  "), tonumber("1e1"), tonumber("z", 36), tonumber("12a"))
print(tonumber("1010", 2), tonumber("ff", 16), tonumber(""), tonumber("1 2"), tonumber("0x"), tonumber({} and nil or "7"))
print(pcall(tonumber), pcall(math.floor, "x"), pcall(math.random, 2, 1), pcall(math.tointeger, {}))
for i = 10, 1, -3 do io.write(i, " ") end
for x = 0, 1, 0.25 do io.write(x, " ") end
for i = math.maxinteger - 1, math.maxinteger do io.write(i, " ") end
print()
local primes, sieve = {}, {}
for i = 2, 1000 do
  if not sieve[i] then
    primes[#primes + 1] = i
    for j = i * i, 1000, i do sieve[j] = true end
  end
end
print(#primes, primes[#primes])
local function gcd(a, b) while b ~= 0 do a, b = b, a % b end return a end
print(gcd(1071, 462), gcd(2 ^ 20, 2 ^ 12))
local mandel = 0
for py = -10, 10 do
  for px = -20, 10 do
    local x, y, n = 0.0, 0.0, 0
    local cx, cy = px / 10, py / 10
    while x * x + y * y < 4 and n < 50 do x, y, n = x * x - y * y + cx, 2 * x * y + cy, n + 1 end
    mandel = mandel + n
  end
end
print(mandel, 1 < 1.5, 2 ^ 53 == 2 ^ 53 + 1, math.maxinteger < math.huge, math.mininteger <= -2 ^ 63, 1 // 1 | 0)
