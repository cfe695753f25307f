"""The rule of core/gcra.py in Lua, for Redis: many messages and all their limits in one call.

KEYS are the limits' lines. ARGV[1] is msgpack: [rates, messages] with a rate as [interval, burst],
a message as [horizon, [[index from 1, cost], …]]. The answer is msgpack: [delays, tails] in seconds
from now, a delay of -1 where the horizon is too near. A line is kept as [seen, free from, free to,
…, tail]; it expires once all of it is past. Step by step the same as gcra.book, which says why.
"""

# Redis' own clock, one for all processes.
CLOCK = """
local clock = redis.call('TIME')
local now = clock[1] + clock[2] / 1000000
"""

RULE = """
local EPSILON, MOST_GAPS = 1e-6, 64
local wanted = cmsgpack.unpack(ARGV[1])
local rates, messages = wanted[1], wanted[2]
local lines, booked = {}, {}

local function is_usable(from, to, interval)
  return to - math.max(from, now) >= interval - EPSILON
end

local function read(key, interval)
  local stored = redis.call('GET', key)
  local numbers = stored and cmsgpack.unpack(stored) or {now, 0}
  local back = math.max(numbers[1] - now, 0)
  local free = {}
  for place = 2, #numbers, 2 do
    local from, to = numbers[place] - back, (numbers[place + 1] or math.huge) - back
    if is_usable(from, to, interval) then free[#free + 1] = {from, to} end
  end
  return free
end

local function place_of(free, length, at)
  for number = 1, #free do
    local gap = free[number]
    local place = gap[1] > at and gap[1] or at
    if place + length <= gap[2] + EPSILON then return place, number end
  end
end

local function earliest(message, at)
  local latest = at
  for position, cost in ipairs(message[2]) do
    local index, count = cost[1], cost[2]
    local rate = rates[index]
    local moment = place_of(lines[index], count * rate[1], at) - (rate[2] - count) * rate[1]
    if position == 1 or moment > latest then latest = moment end
  end
  return latest
end

local function moment_of(message)
  local at, suits = now, false
  while not suits and at <= now + message[1] + EPSILON do
    local moment = earliest(message, at)
    suits = moment <= at + EPSILON
    at = math.max(at, moment)
  end
  return suits and at or nil
end

local function take(index, count, at)
  local interval = rates[index][1]
  local length, free = count * interval, lines[index]
  local place, number = place_of(free, length, at)
  local from, to = unpack(table.remove(free, number))
  if is_usable(place + length, to, interval) then
    table.insert(free, number, {place + length, to})
  end
  if is_usable(from, place, interval) then table.insert(free, number, {from, place}) end
  if #free > MOST_GAPS then table.remove(free, 1) end
  booked[index] = true
end

local function store(index)
  local numbers = {now}
  for position, gap in ipairs(lines[index]) do
    numbers[2 * position] = gap[1]
    if gap[2] < math.huge then numbers[2 * position + 1] = gap[2] end
  end
  local left = math.max(numbers[#numbers] - now, 0)
  redis.call('SET', KEYS[index], cmsgpack.pack(numbers), 'PX', math.ceil(left * 1000) + 1000)
end

for index, key in ipairs(KEYS) do lines[index] = read(key, rates[index][1]) end
local delays, tails = {}, {}
for number, message in ipairs(messages) do
  local moment = moment_of(message)
  delays[number] = moment and moment - now or -1
  for _, cost in ipairs(moment and message[2] or {}) do take(cost[1], cost[2], moment) end
end
for index in ipairs(KEYS) do
  if booked[index] then store(index) end
  tails[index] = lines[index][#lines[index]][1] - now
end
return cmsgpack.pack({delays, tails})
"""

SCRIPT = CLOCK + RULE
