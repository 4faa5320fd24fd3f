-- The collector in its modes; finalisers; weak tables. Only figures that do not
-- depend on addresses are printed.
collectgarbage("stop")
print(collectgarbage("isrunning"))
collectgarbage("restart")

local finalised = 0
for _ = 1, 100 do setmetatable({}, { __gc = function() finalised = finalised + 1 end }) end
collectgarbage(); collectgarbage()
print(finalised)

local order = {}
for i = 1, 5 do setmetatable({}, { __gc = function() order[#order + 1] = i end }) end
collectgarbage()
print(table.concat(order, " "))

local weak = setmetatable({}, { __mode = "v" })
for i = 1, 50 do weak[i] = { i } end
local kept = weak[7]
collectgarbage()
local n = 0
for _ in pairs(weak) do n = n + 1 end
print(n, kept[1])

local function tree(depth)
  if depth == 0 then return {} end
  return { tree(depth - 1), tree(depth - 1) }
end
local function check(node) return node[1] and 1 + check(node[1]) + check(node[2]) or 1 end
print(collectgarbage("incremental", 100, 200))
for depth = 4, 9 do print(depth, check(tree(depth))) end
print(collectgarbage("generational"))
for depth = 4, 9 do print(depth, check(tree(depth))) end
local long = tree(8)
for _ = 1, 20 do tree(5) end
print(check(long), collectgarbage("incremental"))

local steps = 0
repeat steps = steps + 1 until collectgarbage("step", 1) or steps > 10000
print(steps <= 10000, collectgarbage("count") > 0)
local list
for i = 1, 5000 do list = { next = list, value = ("x"):rep(i % 10) } end
list = nil
collectgarbage()
setmetatable({}, { __gc = function() error("in a finaliser") end })
collectgarbage()
local resurrected
do setmetatable({ name = "back" }, { __gc = function(o) resurrected = o end }) end
collectgarbage()
print(resurrected.name)
setmetatable({}, { __gc = function() print("at exit") end })
