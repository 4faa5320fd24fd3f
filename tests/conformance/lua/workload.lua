-- Small benchmarks of the usual kinds: enough calls to make every interpreter
-- path hot. The argument scales them.
local scale = tonumber(arg and arg[1]) or 1

local function queens(n)
  local columns, up, down, found = {}, {}, {}, 0
  local function place(row)
    if row > n then found = found + 1 return end
    for c = 1, n do
      if not columns[c] and not up[row + c] and not down[row - c + n] then
        columns[c], up[row + c], down[row - c + n] = true, true, true
        place(row + 1)
        columns[c], up[row + c], down[row - c + n] = nil, nil, nil
      end
    end
  end
  place(1)
  return found
end

local function bodies(steps)
  local list = {}
  for i = 1, 5 do list[i] = { x = i, y = i * 2, z = -i, vx = 0.01 * i, vy = 0, vz = -0.01 * i, m = 1 / i } end
  for _ = 1, steps do
    for i = 1, #list do
      local a = list[i]
      for j = i + 1, #list do
        local b = list[j]
        local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
        local d = (dx * dx + dy * dy + dz * dz) ^ 0.5
        local mag = 0.01 / (d * d * d)
        a.vx, a.vy, a.vz = a.vx - dx * b.m * mag, a.vy - dy * b.m * mag, a.vz - dz * b.m * mag
        b.vx, b.vy, b.vz = b.vx + dx * a.m * mag, b.vy + dy * a.m * mag, b.vz + dz * a.m * mag
      end
    end
    for i = 1, #list do
      local a = list[i]
      a.x, a.y, a.z = a.x + 0.01 * a.vx, a.y + 0.01 * a.vy, a.z + 0.01 * a.vz
    end
  end
  return list[1].x
end

local function fannkuch(n)
  local p, q, s, flips = {}, {}, {}, 0
  for i = 1, n do p[i], q[i], s[i] = i, i, i end
  local sign, sum = 1, 0
  while true do
    local q0 = p[1]
    if q0 ~= 1 then
      for i = 2, n do q[i] = p[i] end
      local count = 1
      while true do
        local qq = q[q0]
        if qq == 1 then sum = sum + sign * count; if count > flips then flips = count end break end
        q[q0] = q0
        if q0 >= 4 then
          local i, j = 2, q0 - 1
          repeat q[i], q[j] = q[j], q[i]; i, j = i + 1, j - 1 until i >= j
        end
        q0 = qq; count = count + 1
      end
    end
    if sign == 1 then p[1], p[2] = p[2], p[1]; sign = -1
    else
      p[2], p[3] = p[3], p[2]; sign = 1
      for i = 3, n do
        local sx = s[i]
        if sx ~= 1 then s[i] = sx - 1; break end
        if i == n then return sum, flips end
        s[i] = i
        local t = p[1]
        for j = 1, i do p[j] = p[j + 1] end
        p[i + 1] = t
      end
    end
  end
end

local function text(n)
  local frequency, words = {}, {}
  for i = 1, n do words[i] = ("w%d"):format((i * i) % 97) end
  for word in table.concat(words, " "):gmatch("%S+") do frequency[word] = (frequency[word] or 0) + 1 end
  local keys = {}
  for k in pairs(frequency) do keys[#keys + 1] = k end
  table.sort(keys, function(a, b) return frequency[a] > frequency[b] or frequency[a] == frequency[b] and a < b end)
  return keys[1], frequency[keys[1]], #keys
end

local Stack = {}
Stack.__index = Stack
function Stack.new() return setmetatable({ n = 0 }, Stack) end
function Stack:push(v) self.n = self.n + 1; self[self.n] = v end
function Stack:pop() local v = self[self.n]; self[self.n] = nil; self.n = self.n - 1; return v end
local function rpn(n)
  local total = 0
  for i = 1, n do
    local stack = Stack.new()
    for token in ("3 4 + 2 * 7 / " .. i .. " +"):gmatch("%S+") do
      if token:match("^%d+$") then stack:push(tonumber(token))
      else
        local b, a = stack:pop(), stack:pop()
        if token == "+" then stack:push(a + b) elseif token == "*" then stack:push(a * b) else stack:push(a // b) end
      end
    end
    total = total + stack:pop()
  end
  return total
end

for _ = 1, scale do
  print(queens(7), ("%.9f"):format(bodies(1000)), fannkuch(7))
  print(text(3000))
  print(rpn(1000))
end
