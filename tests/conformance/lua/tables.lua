-- Tables: array and hash parts, rehashing, sorting, the table library, next.
local t = {}
for i = 1, 1000 do t[i] = (i * 7919) % 1009 end
table.sort(t)
print(t[1], t[500], t[1000], #t)
table.sort(t, function(a, b) return a > b end)
print(t[1], t[500], t[1000])

local keyed = {}
for i = 1, 500 do keyed["key" .. i] = i end
for i = 1, 500, 3 do keyed["key" .. i] = nil end
local n, sum = 0, 0
for _, v in pairs(keyed) do n, sum = n + 1, sum + v end
print(n, sum, next({}), rawlen({ 1, 2 }), #keyed)

local mixed = { 10, 20, x = 1, [2.0] = "two", [3.5] = "half", [-1] = "neg", [true] = "yes", 30 }
print(mixed[1], mixed[2], mixed[3], mixed.x, mixed[3.5], mixed[-1], mixed[true])

local list = { "a", "b", "c" }
table.insert(list, "d"); table.insert(list, 1, "z"); table.insert(list, 3, "m")
print(table.concat(list, ","), table.remove(list), table.remove(list, 1), table.concat(list, ","))
print(table.unpack({ 1, 2, 3 }, 2), select("#", table.unpack({}, 1, 3)), table.pack(1, nil, 3).n)
print(table.concat(table.move({ 1, 2, 3, 4 }, 2, 4, 1), ","), #table.move({ 1, 2 }, 1, 2, 3, { 9, 9 }))
print(pcall(table.insert, { 1 }, 5, 2), pcall(table.concat, { {} }), pcall(table.sort, { 3, "x", 1 }))
print(pcall(table.sort, { 3, 2, 5, 1, 4 }, function() return true end))

local matrix = {}
for i = 1, 20 do
  matrix[i] = {}
  for j = 1, 20 do matrix[i][j] = i * j end
end
local trace = 0
for i, row in ipairs(matrix) do trace = trace + row[i] end
print(trace)

local sparse = {}
for i = 1, 40 do sparse[1 << i] = i end
local bits = 0
for k in pairs(sparse) do bits = bits | k end
print(bits, #{ 1, 2, nil, 4 } >= 2, #{ n = 1 })

local queue, first, last = {}, 1, 0
for i = 1, 200 do
  last = last + 1; queue[last] = i
  if i % 3 == 0 then queue[first] = nil; first = first + 1 end
end
print(first, last, queue[first], queue[last])
print(pcall(next, {}, "missing"), pcall(rawset, {}, nil, 1), pcall(function() local x = {}; x[0/0] = 1 end))
local constructor = { (function() return 1, 2, 3 end)(), (function() return 4, 5 end)() }
print(#constructor, constructor[3])
for i, v in ipairs({ 1, 2, nil, 4 }) do io.write(i, "=", v, " ") end
print()
