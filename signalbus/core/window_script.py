"""The rule of core/window.py in Lua, for Redis: all limits of a request in one call.

KEYS are the limits' memories. ARGV[1] is msgpack, for each key [number, seconds, count]. Either all
let it pass and it is counted in all, or it is counted in none. The answer is msgpack, for each key
[wait, used, reset] with -1 for a wait without end; times are in seconds. A memory is kept as [at,
count, …]; it expires once all of it is past.
"""

from signalbus.core.limiter_script import CLOCK

RULE = """
local asked, memories, answers, passes = cmsgpack.unpack(ARGV[1]), {}, {}, true

local function read(key, seconds)
  local stored = redis.call('GET', key)
  local numbers = stored and cmsgpack.unpack(stored) or {}
  local back = #numbers > 0 and math.max(numbers[#numbers - 1] - now, 0) or 0
  local recent = {}
  for place = 1, #numbers, 2 do
    local at = numbers[place] - back
    if at + seconds > now then
      recent[#recent + 1] = at
      recent[#recent + 1] = numbers[place + 1]
    end
  end
  return recent
end

local function used(numbers)
  local sum = 0
  for place = 2, #numbers, 2 do sum = sum + numbers[place] end
  return sum
end

local function wait(numbers, number, seconds, count)
  local missing = used(numbers) + count - number
  if missing <= 0 then return 0 end
  for place = 1, #numbers, 2 do
    missing = missing - numbers[place + 1]
    if missing <= 0 then return numbers[place] + seconds - now end
  end
  return -1
end

local function add(numbers, count)
  local place = #numbers - 1
  if #numbers > 0 and math.floor(numbers[place]) == math.floor(now) then
    numbers[place], numbers[place + 1] = now, numbers[place + 1] + count
  else
    numbers[#numbers + 1] = now
    numbers[#numbers + 1] = count
  end
end

for index, key in ipairs(KEYS) do
  local number, seconds, count = unpack(asked[index])
  local numbers = read(key, seconds)
  local left = wait(numbers, number, seconds, count)
  memories[index], answers[index] = numbers, {left, 0, 0}
  passes = passes and left == 0
end
for index, key in ipairs(KEYS) do
  local numbers, seconds = memories[index], asked[index][2]
  if passes then
    add(numbers, asked[index][3])
    redis.call('SET', key, cmsgpack.pack(numbers), 'PX', math.ceil(seconds * 1000) + 1000)
  end
  answers[index][2] = used(numbers)
  answers[index][3] = #numbers > 0 and numbers[#numbers - 1] + seconds - now or 0
end
return cmsgpack.pack(answers)
"""

SCRIPT = CLOCK + RULE
