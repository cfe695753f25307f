"""The rule of breaker_rule.py in Lua, for Redis: many accounts in one call.

KEYS are the accounts' memories. ARGV[1] is msgpack, for each key [outcomes, admit, close]: outcomes
to note as [fault, age], whether a message asks to go, whether an operator closes it. The answer is
msgpack, for each key [state before, state after, seconds until half open, admitted]. A memory is
kept as [seen, row, opened, pause, probes, window]; it expires by itself. Nothing is written by mere
looking.
"""

from delivery import breaker_rule as rule
from signalbus.core.limiter_script import CLOCK

KEPT_SECONDS = 600  # after the last word; an account that nobody uses is closed again

_FIGURES = f"""
local WINDOW_SECONDS, FEWEST, FAULTY = {rule.WINDOW_SECONDS}, {rule.FEWEST}, {rule.FAULTY}
local IN_A_ROW = {rule.IN_A_ROW}
local FIRST_PAUSE, LONGEST_PAUSE = {rule.FIRST_PAUSE}, {rule.LONGEST_PAUSE}
local MOST_PROBES, PROBE_SECONDS = {rule.MOST_PROBES}, {rule.PROBE_SECONDS}
local KEPT_SECONDS = {KEPT_SECONDS}
"""

RULE = (
    _FIGURES
    + """
local function opened(pause)
  return {row = 0, opened = pause > 0 and now or 0, pause = pause, probes = {}, window = {}}
end

local function read(key)
  local stored = redis.call('GET', key)
  if not stored then return opened(0) end
  local seen, row, since, pause, probes, window = unpack(cmsgpack.unpack(stored))
  local back = math.max(seen - now, 0)
  if back > 0 then window = {} end
  for place, ends in ipairs(probes) do probes[place] = ends - back end
  return {row = row, opened = since - back, pause = pause, probes = probes, window = window}
end

local function write(key, memory)
  local left = math.max(memory.opened + memory.pause - now, 0)
  local kept = {now, memory.row, memory.opened, memory.pause, memory.probes, memory.window}
  redis.call('SET', key, cmsgpack.pack(kept), 'EX', math.ceil(left) + KEPT_SECONDS)
end

local function state_of(memory)
  if memory.pause == 0 then return 'closed' end
  return now < memory.opened + memory.pause and 'open' or 'half_open'
end

local function count(window, fault)
  local second, recent = math.floor(now), {}
  for _, each in ipairs(window) do
    if each[1] > second - WINDOW_SECONDS then recent[#recent + 1] = each end
  end
  if #recent == 0 or recent[#recent][1] ~= second then recent[#recent + 1] = {second, 0, 0} end
  local last = recent[#recent]
  last[2], last[3] = last[2] + 1, last[3] + (fault and 1 or 0)
  return recent
end

local function is_faulty(window)
  local outcomes, faults = 0, 0
  for _, each in ipairs(window) do outcomes, faults = outcomes + each[2], faults + each[3] end
  return outcomes >= FEWEST and faults >= FAULTY * outcomes
end

local acts = {}

function acts.closed(memory, fault, _)
  memory.row = fault and memory.row + 1 or 0
  memory.window = count(memory.window, fault)
  local trips = fault and (memory.row >= IN_A_ROW or is_faulty(memory.window))
  return trips and opened(FIRST_PAUSE) or memory
end

function acts.half_open(memory, fault, age)
  if now - age < memory.opened + memory.pause then return memory end
  return opened(fault and math.min(2 * memory.pause, LONGEST_PAUSE) or 0)
end

function acts.open(memory) return memory end

local function admit(memory)
  local state = state_of(memory)
  if state ~= 'half_open' then return state == 'closed' end
  local under_way = {}
  for _, ends in ipairs(memory.probes) do
    if ends > now then under_way[#under_way + 1] = ends end
  end
  if #under_way >= MOST_PROBES then return false end
  under_way[#under_way + 1] = now + PROBE_SECONDS
  memory.probes = under_way
  return true
end

local answers = {}
for index, asked in ipairs(cmsgpack.unpack(ARGV[1])) do
  local memory = read(KEYS[index])
  local before, admitted = state_of(memory), false
  if asked[3] then memory = opened(0) end
  for _, each in ipairs(asked[1]) do
    memory = acts[state_of(memory)](memory, each[1], each[2])
  end
  if asked[2] then admitted = admit(memory) end
  if #asked[1] > 0 or asked[2] or asked[3] then write(KEYS[index], memory) end
  local left = math.max(memory.opened + memory.pause - now, 0)
  answers[index] = {before, state_of(memory), left, admitted}
end
return cmsgpack.pack(answers)
"""
)

SCRIPT = CLOCK + RULE
