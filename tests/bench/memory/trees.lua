-- trees.lua DEPTH: binary trees, the benchmark of old: built, walked and dropped.
local function build(depth)
  if depth == 0 then return {} end
  return { build(depth - 1), build(depth - 1) }
end

local function check(tree)
  return tree[1] and 1 + check(tree[1]) + check(tree[2]) or 1
end

local most = tonumber(arg[1]) or 13
local long = build(most)
for depth = 4, most, 4 do
  local times = 1 << (most - depth + 4)
  local sum = 0
  for _ = 1, times do sum = sum + check(build(depth)) end
  print(times, depth, sum)
end
print(check(long))
