-- A shop's ledger in Redis: operations run within one call of this script, so each is whole or
-- not there. Everything is looked at before anything is written: a script is not rolled back.
--   KEYS[1]  where the shop's keys begin, "shopcast:{NAME}:"
--   ARGV[1]  how many bookings the caller saw here
--   ARGV[2]  the operations as JSON: a list of [name, arguments]
--   ARGV[3]  the word of who took the ledger back and brings it again, else ''
-- Answers a list in JSON. The same as studio/shop/stock/books.py and outside.py do in SQLite; both are
-- tried by the same tests.

local P = KEYS[1]
local dirty = false
-- By whom this ledger was taken back into a file: nothing is booked here any more.
local gone = redis.call('GET', P .. 'gone')
local STAYS = {levels = true, taken = true, open = true, leave = true, stay = true, rename = true,
               rewrite = true}
-- These look at keys that are written late (`write_out`).
local LOOKS = {levels = true, leave = true, expire = true, rewrite = true}

local function ask(...) return redis.call(...) end
local function write(...)
  dirty = true
  return redis.call(...)
end

-- A field of two names, the first with its length in bytes: no sign of a name can be taken for a
-- border, and it is cheaper than JSON.
local function field(first, second) return #first .. ':' .. first .. second end
local function list(...) return cjson.encode({...}) end

-- Counts that this call has looked at or changed, the moves that changed them, new orders and when
-- they run out: read once and written once for all operations of the call (`write_out`). Whoever
-- reads these keys in another way writes them out before.
local counts = {free = {}, held = {}, sold = {}, bought = {}}
local changed = {free = {}, held = {}, sold = {}, bought = {}}
local moves, orders, running = {}, {}, {}
local last_order = nil

-- nil where there is none.
local function count_of(key, name)
  local kept = counts[key][name]
  if kept == nil then
    kept = tonumber(ask('HGET', P .. key, name) or nil) or false
    counts[key][name] = kept
  end
  return kept or nil
end
local function number(key, name) return count_of(key, name) or 0 end

local function add(key, name, by)
  dirty = true
  counts[key][name] = number(key, name) + by
  changed[key][name] = true
end

local AT_ONCE = 1000
local function write_all(command, key, words)
  for at = 1, #words, AT_ONCE do
    write(command, P .. key, unpack(words, at, math.min(at + AT_ONCE - 1, #words)))
  end
end

local function write_out()
  for key, names in pairs(changed) do
    local words = {}
    for name in pairs(names) do
      words[#words + 1] = name
      words[#words + 1] = counts[key][name]
    end
    write_all('HSET', key, words)
    changed[key] = {}
  end
  write_all('RPUSH', 'moves', moves)
  write_all('ZADD', 'orders', orders)
  local words = {}
  for key, until_ms in pairs(running) do
    words[#words + 1] = until_ms
    words[#words + 1] = key
  end
  write_all('ZADD', 'until', words)
  moves, orders, running = {}, {}, {}
end

-- Milliseconds of the ledger's own clock: the server's, less by how far it was set (`expire`).
-- One time for the whole call.
local set_by = tonumber(ask('GET', P .. 'set_by') or '0')
local time = ask('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000) - set_by
local function on_the_wall(at_ms) return at_ms > 0 and at_ms + set_by or 0 end

local function answer(outcome, sku, free, until_ms, note)
  return {outcome = outcome, sku = sku or '', free = free or 0, until_ms = until_ms or 0,
          note = note or ''}
end

local function known(key)
  local kept = ask('HGET', P .. 'bookings', key)
  if not kept then return nil end
  kept = cjson.decode(kept)
  return answer(kept[1], kept[2], kept[3])
end

local function remember(key, outcome, sku, free)
  write('HSET', P .. 'bookings', key, list(outcome, sku or '', free or 0))
  return answer(outcome, sku, free)
end

local function free_of(sku, channel) return number('free', field(sku, channel)) end
local function ever(sku, channel)
  local name = field(sku, channel)
  return number('free', name) + number('held', name) + number('sold', name)
end

-- Books pieces; false when a figure would go below zero: then nothing is written.
local function move(at, kind, sku, channel, free, held, sold, who, why, key)
  local name = field(sku, channel)
  local before = count_of('free', name)
  if (before or 0) + free < 0 or (held < 0 and number('held', name) + held < 0)
      or (sold < 0 and number('sold', name) + sold < 0) then
    return false
  end
  if not before then write('SADD', P .. 'skus', sku) end
  if free ~= 0 or not before then add('free', name, free) end
  if held ~= 0 then add('held', name, held) end
  if sold ~= 0 then add('sold', name, sold) end
  moves[#moves + 1] = list(at, kind, sku, channel, free, held, sold, who, why, key)
  if sold > 0 and (ask('HGET', P .. 'last_sale', name) or '') < at then
    write('HSET', P .. 'last_sale', name, at)
  end
  return true
end

-- ---- reservations ------------------------------------------------------------------------------

local COUNTED = {held = true, confirmed = true, waiting = true}

local function load(key)
  local raw = ask('HMGET', P .. 'order:' .. key, 'buyer', 'channel', 'state', 'until', 'hold',
                  'lines')
  if not raw[3] then return nil end
  local order = {key = key, buyer = raw[1], channel = raw[2], state = raw[3],
                 until_ms = tonumber(raw[4]), hold_ms = tonumber(raw[5])}
  order.lines = cjson.decode(raw[6])
  for _, line in ipairs(order.lines) do
    line.where = line.channel == '' and order.channel or line.channel
  end
  return order
end

local function bought(buyer, sku, channel)
  return number('bought', field(buyer, field(sku, channel)))
end

local function count_bought(order, sign)
  for _, line in ipairs(order.lines) do
    local count = sign * line.count
    add('bought', field(order.buyer, field(line.sku, '')), count)
    add('bought', field(order.buyer, field(line.sku, line.where)), count)
  end
end

local function set_state(order, state)
  local was = order.state
  if COUNTED[was] and not COUNTED[state] then count_bought(order, -1) end
  if COUNTED[state] and not COUNTED[was] then count_bought(order, 1) end
  if was == 'held' then
    if not running[order.key] then write('ZREM', P .. 'until', order.key) end
    running[order.key] = nil
  end
  if was == 'waiting' then
    write('ZREM', P .. 'waiting', order.key)
    for _, line in ipairs(order.lines) do
      write('ZREM', P .. 'queue:' .. field(line.sku, line.where), order.key)
    end
  end
  if state == 'held' then running[order.key] = order.until_ms end
  if state == 'waiting' then
    local turn = write('INCR', P .. 'turns')
    write('ZADD', P .. 'waiting', turn, order.key)
    for _, line in ipairs(order.lines) do
      write('ZADD', P .. 'queue:' .. field(line.sku, line.where), turn, order.key)
    end
  end
  order.state = state
  if was ~= '' then
    write('HSET', P .. 'order:' .. order.key, 'state', state, 'until', order.until_ms)
  end
end

local function lines_of(order)
  local plain = {}
  for _, line in ipairs(order.lines) do
    plain[#plain + 1] = {sku = line.sku, count = line.count, channel = line.channel}
  end
  return #plain > 0 and cjson.encode(plain) or '[]'
end

-- A new reservation with its lines; no piece moves.
local function write_down(a, lines, state, hold_ms)
  local order = {key = a.key, buyer = a.buyer, channel = a.channel, state = '', hold_ms = hold_ms,
                 until_ms = state == 'held' and now_ms + hold_ms or 0, lines = {}}
  for _, line in ipairs(lines) do
    order.lines[#order.lines + 1] = {sku = line.sku, count = line.count, channel = line.channel,
                                     where = line.channel == '' and a.channel or line.channel}
  end
  write('HSET', P .. 'order:' .. a.key, 'buyer', a.buyer, 'channel', a.channel, 'hold', hold_ms,
        'at', a.at, 'lines', lines_of(order), 'state', state, 'until', order.until_ms)
  last_order = (last_order or ask('ZCARD', P .. 'orders')) + 1
  orders[#orders + 1] = last_order
  orders[#orders + 1] = a.key
  set_state(order, state)
  return order
end

-- ---- what is owed, and who waits ---------------------------------------------------------------

local function owed(key, sku)
  local kept = ask('HGET', P .. 'short', field(key, sku))
  return kept and cjson.decode(kept) or nil
end

local function owe(key, sku, channel, count, at, turn)
  local queue = P .. 'owed:' .. field(sku, channel)
  if count > 0 then
    turn = turn or write('INCR', P .. 'turns')
    write('HSET', P .. 'short', field(key, sku), list(channel, count, at, turn))
    write('ZADD', queue, turn, key)
  else
    write('HDEL', P .. 'short', field(key, sku))
    write('ZREM', queue, key)
  end
end

local function make_good(at, sku, channel)
  for _, key in ipairs(ask('ZRANGE', P .. 'owed:' .. field(sku, channel), 0, -1)) do
    local debt = owed(key, sku)
    local there = math.min(debt[2], free_of(sku, channel))
    if there == 0 then return end
    move(at, 'confirm', sku, channel, -there, 0, there, '', 'owed', key)
    owe(key, sku, channel, debt[2] - there, debt[3], debt[4])
  end
end

-- What became free goes to those it is owed to, then to those who wait, in order.
local function serve(at, sku, channel)
  make_good(at, sku, channel)
  for _, key in ipairs(ask('ZRANGE', P .. 'queue:' .. field(sku, channel), 0, -1)) do
    local order = load(key)
    for _, line in ipairs(order.lines) do
      if free_of(line.sku, line.where) < line.count then return end
    end
    order.until_ms = now_ms + order.hold_ms
    set_state(order, 'held')
    for _, line in ipairs(order.lines) do
      move(at, 'hold', line.sku, line.where, -line.count, line.count, 0, order.buyer, 'waited', key)
    end
  end
end

local function settle(at, key, state, who, why)
  local order = load(key)
  if not order then return answer('unknown') end
  local before = order.state
  if (before ~= 'held' and before ~= 'waiting') or (before == 'waiting' and state == 'confirmed')
  then
    return answer(before, '', 0, on_the_wall(order.until_ms))
  end
  set_state(order, state)
  if before == 'waiting' then return answer(state) end
  local kinds = {confirmed = 'confirm', released = 'release'}
  for _, line in ipairs(order.lines) do
    local back = state == 'confirmed' and 0 or line.count
    move(at, kinds[state] or 'expire', line.sku, line.where, back, -line.count, line.count - back,
         who, why, key)
    if back > 0 then serve(at, line.sku, line.where) end
  end
  return answer(state)
end

local function take_back(at, order, who, key, restocks)
  local was_owed = {}
  for _, line in ipairs(order.lines) do
    local debt = owed(order.key, line.sku)
    if debt then
      was_owed[line.sku] = debt[2]
      owe(order.key, line.sku, debt[1], 0)
    end
  end
  set_state(order, 'refunded')
  for _, line in ipairs(order.lines) do
    local count = line.count - (was_owed[line.sku] or 0)
    if count > 0 then
      move(at, 'refund', line.sku, line.where, restocks and count or 0, 0, -count, who, '', key)
      if restocks then serve(at, line.sku, line.where) end
    end
  end
end

-- ---- operations --------------------------------------------------------------------------------

local operations = {}

function operations.receive(a)
  local before = known(a.key)
  if before then return before end
  local kind = a.count > 0 and 'in' or 'correct'
  if not move(a.at, kind, a.sku, a.channel, a.count, 0, 0, a.who, a.why, a.key) then
    return answer('short', a.sku, free_of(a.sku, a.channel))
  end
  if a.count > 0 then serve(a.at, a.sku, a.channel) end
  return remember(a.key, 'done', a.sku, free_of(a.sku, a.channel))
end

function operations.share(a)
  local before = known(a.key)
  if before then return before end
  for _, line in ipairs(a.lines) do
    local bound, had = a.most[line.sku] or 0, ever(line.sku, a['end'])
    if bound > 0 and had + line.count > bound then
      return answer('limit', line.sku, math.max(0, bound - had))
    end
    if free_of(line.sku, a.start) < line.count then
      return answer('short', line.sku, free_of(line.sku, a.start))
    end
  end
  for _, line in ipairs(a.lines) do
    move(a.at, 'share', line.sku, a.start, -line.count, 0, 0, a.who, a['end'], a.key)
    move(a.at, 'share', line.sku, a['end'], line.count, 0, 0, a.who, a.start, a.key)
  end
  for _, line in ipairs(a.lines) do serve(a.at, line.sku, a['end']) end
  local first = a.lines[1].sku
  return remember(a.key, 'done', first, free_of(first, a['end']))
end

function operations.hold(a)
  local kept = load(a.key)
  if kept then
    return answer(kept.state, '', 0, on_the_wall(kept.until_ms),
                  ask('HGET', P .. 'notes', a.key) or '')
  end
  -- A hold that is given back for this one counts as free, and as not bought.
  local given, credit = nil, {}
  if a.instead_of ~= '' then
    given = load(a.instead_of)
    if given and (given.buyer ~= a.buyer or given.state ~= 'held') then given = nil end
    for _, line in ipairs(given and given.lines or {}) do
      for _, channel in ipairs({'', line.where}) do
        local name = field(line.sku, channel)
        credit[name] = (credit[name] or 0) + line.count
      end
    end
  end
  local function could(sku, where) return free_of(sku, where) + (credit[field(sku, where)] or 0) end
  local function has(sku, where)
    return bought(a.buyer, sku, where) - (credit[field(sku, where)] or 0)
  end
  local missing = nil
  for _, line in ipairs(a.lines) do
    line.where = line.channel == '' and a.channel or line.channel
    local here = a.limits[line.sku] or 0
    if (a.most > 0 and has(line.sku, '') + line.count > a.most)
        or (here > 0 and has(line.sku, line.where) + line.count > here) then
      return answer('limit', line.sku, could(line.sku, line.where))
    end
  end
  for _, line in ipairs(a.lines) do
    if not missing and could(line.sku, line.where) < line.count then missing = line end
  end
  if not missing and a.may_wait then
    for _, line in ipairs(a.lines) do
      if ask('EXISTS', P .. 'queue:' .. field(line.sku, line.where)) == 1 then
        missing = a.lines[1]  -- those who wait are served first
      end
    end
  end
  if missing and not a.may_wait then
    return answer('short', missing.sku, could(missing.sku, missing.where))
  end
  if a.note then
    local taken = ever(a.note.sku, a.note.channel) - could(a.note.sku, a.note.channel)
    if taken < a.note.least or taken > a.note.most then return answer('again', '', taken) end
    write('HSET', P .. 'notes', a.key, a.note.text)
  end
  if given then
    for _, line in ipairs(given.lines) do
      move(a.at, 'release', line.sku, line.where, line.count, -line.count, 0, a.buyer, 'used',
           given.key)
    end
    set_state(given, 'released')
  end
  local order = write_down(a, a.lines, missing and 'waiting' or 'held', a.hold_ms)
  if missing then
    return answer('waiting', missing.sku, free_of(missing.sku, missing.where))
  end
  for _, line in ipairs(order.lines) do
    move(a.at, 'hold', line.sku, line.where, -line.count, line.count, 0, a.buyer, '', a.key)
  end
  return answer('held', '', 0, on_the_wall(order.until_ms), a.note and a.note.text or '')
end

function operations.settle(a) return settle(a.at, a.key, a.state, a.who, a.why) end

function operations.refund(a)
  local before = known(a.key)
  if before then return before end
  local order = load(a.order)
  if not order or order.state ~= 'confirmed' then return answer('unknown') end
  take_back(a.at, order, a.who, a.key, a.restocks)
  return remember(a.key, 'done')
end

function operations.count_to(a)
  local by = a.total - ever(a.sku, a.channel)
  local kind = by > 0 and 'in' or 'correct'
  if by ~= 0 and not move(a.at, kind, a.sku, a.channel, by, 0, 0, a.who, '', a.key) then
    return answer('short', a.sku, free_of(a.sku, a.channel))
  end
  return answer('done', a.sku, free_of(a.sku, a.channel))
end

-- Ends what has run out. A desk says what this ledger's clock should show; where the server's
-- clock was set meanwhile, the difference is taken off, once for all desks.
function operations.expire(a)
  if a.expected > 0 and math.abs(now_ms - a.expected) > 2000 then
    set_by = set_by + now_ms - a.expected
    now_ms = a.expected
    write('SET', P .. 'set_by', string.format('%d', set_by))
  end
  local till = string.format('%d', now_ms)
  local keys = ask('ZRANGEBYSCORE', P .. 'until', '-inf', till, 'LIMIT', 0, 500)
  for _, key in ipairs(keys) do settle(a.at, key, 'expired', '', '') end
  local told = answer('done', '', #keys)
  told.now = now_ms
  return told
end

-- ---- what other shops tell ---------------------------------------------------------------------

local function counted(lines)
  local ours = {}
  for _, line in ipairs(lines) do
    if ask('SISMEMBER', P .. 'skus', line.sku) == 1 then ours[#ours + 1] = line end
  end
  return ours
end

function operations.sell_outside(a)
  local order = load(a.key)
  if order then
    if order.state == 'confirmed' or order.state == 'refunded' then return answer(order.state) end
    if order.state == 'held' then
      return settle(a.at, a.key, 'confirmed', a.who, 'sold outside')
    end
    set_state(order, 'confirmed')  -- it ran out or was let go here, and was paid there
  else
    local ours = counted(a.lines)
    if #ours == 0 then return answer('elsewhere') end
    order = write_down(a, ours, 'confirmed', 0)
  end
  local short = ''
  for _, line in ipairs(order.lines) do
    local there = math.min(line.count, free_of(line.sku, line.where))
    if there > 0 then
      move(a.at, 'confirm', line.sku, line.where, -there, 0, there, a.who, 'sold outside', a.key)
    end
    if there < line.count then
      if short == '' then short = line.sku end
      owe(a.key, line.sku, line.where, line.count - there, a.at)
    end
  end
  return answer('confirmed', short, short ~= '' and free_of(short, a.channel) or 0)
end

function operations.hold_outside(a)
  local ours = counted(a.lines)
  if #ours == 0 and not load(a.key) then return answer('elsewhere') end
  a.lines, a.most, a.limits, a.may_wait, a.instead_of, a.note = ours, 0, {}, false, '', nil
  return operations.hold(a)
end

function operations.cancel_outside(a)
  local order = load(a.key)
  if not order then
    a.buyer = ''
    write_down(a, {}, 'refunded', 0)  -- the order may come after this
  elseif order.state == 'confirmed' then
    take_back(a.at, order, a.who, 'cancel:' .. a.key, true)
  elseif order.state ~= 'refunded' then
    if order.state == 'held' then
      settle(a.at, a.key, 'released', a.who, 'cancelled outside')
      order = load(a.key)
    end
    set_state(order, 'refunded')
  end
  return answer('refunded')
end

function operations.take_back_some(a)
  local before = known(a.key)
  if before then return before end
  local order = load(a.order)
  if not order then return answer('unknown') end
  if order.state ~= 'confirmed' then return answer(order.state) end
  local back = {}
  for _, line in ipairs(a.lines) do back[line.sku] = line.count end
  count_bought(order, -1)
  local rest, free_again = {}, {}
  for _, line in ipairs(order.lines) do
    local count = math.min(back[line.sku] or 0, line.count)
    if count > 0 then
      local debt = owed(a.order, line.sku)
      local never = math.min(count, debt and debt[2] or 0)  -- never there, so no longer owed
      if never > 0 then
        owe(a.order, line.sku, debt[1], debt[2] - never, debt[3], debt[4])
      end
      line.count = line.count - count
      if count > never then
        local there = count - never
        move(a.at, 'refund', line.sku, line.where, a.restocks and there or 0, 0, -there, a.who, '',
             a.key)
        free_again[#free_again + 1] = line
      end
    end
    if line.count > 0 then rest[#rest + 1] = line end
  end
  order.lines = rest
  count_bought(order, 1)
  write('HSET', P .. 'order:' .. a.order, 'lines', lines_of(order))
  if a.restocks then
    for _, line in ipairs(free_again) do serve(a.at, line.sku, line.where) end
  end
  if #rest == 0 then set_state(order, 'refunded') end
  return remember(a.key, 'done')
end

function operations.count_outside(a)
  local before = known(a.key)
  if before then return before end
  local name = field(a.sku, a.channel)
  if not count_of('free', name) then return answer('elsewhere') end
  local free, held = number('free', name), number('held', name)
  local wanted, heard = math.max(0, a.says - held), 'said:' .. a.channel .. ':' .. a.sku
  local is_late = a.said_at <= (ask('HGET', P .. 'notes', heard) or '')
  if is_late or (wanted > free and a.said_at <= (ask('HGET', P .. 'last_sale', name) or '')) then
    return answer('expired', a.sku, free)
  end
  write('HSET', P .. 'notes', heard, a.said_at)
  if wanted ~= free then
    local kind = wanted > free and 'in' or 'correct'
    move(a.at, kind, a.sku, a.channel, wanted - free, 0, 0, a.who, 'the shop says', a.key)
    if wanted > free then serve(a.at, a.sku, a.channel) end
  end
  return remember(a.key, a.says < held and 'held' or 'done', a.sku, wanted)
end

-- ---- reading, and persons ----------------------------------------------------------------------

function operations.levels()
  local free = ask('HGETALL', P .. 'free')
  local held, sold = ask('HGETALL', P .. 'held'), ask('HGETALL', P .. 'sold')
  return {free = free, held = held, sold = sold, moves = ask('LLEN', P .. 'moves'),
          gone = gone or ''}
end

-- The ledger goes back into a file of whoever says the word; run again it answers the same.
function operations.leave(a)
  if gone then return answer(gone == a.word and 'done' or 'gone') end
  local under_way = ask('ZCARD', P .. 'until') + ask('ZCARD', P .. 'waiting')
  if under_way > 0 or ask('HLEN', P .. 'short') > 0 then return answer('held') end
  write('SET', P .. 'gone', a.word)
  gone = a.word
  return answer('done')
end

-- It stays after all, or a ledger comes again.
function operations.stay(a)
  if gone == a.word then
    write('DEL', P .. 'gone')
    gone = false
  end
  return answer('done')
end

function operations.taken(a)
  return answer('done', '', ever(a.sku, a.channel) - free_of(a.sku, a.channel))
end

-- A buyer's name out of an order that is done; limits and sums still add up under the new one.
function operations.rename(a)
  local order = load(a.key)
  if not order or order.buyer ~= a.buyer or order.state == 'held' or order.state == 'waiting' then
    return answer('unknown')
  end
  if COUNTED[order.state] then count_bought(order, -1) end
  order.buyer = a.name
  if COUNTED[order.state] then count_bought(order, 1) end
  write('HSET', P .. 'order:' .. a.key, 'buyer', a.name)
  return answer('done')
end

-- The same in one line of the moves; its place is known, since lines are only added.
function operations.rewrite(a)
  if ask('LINDEX', P .. 'moves', a.index) ~= a.line then return answer('unknown') end
  write('LSET', P .. 'moves', a.index, a.fresh)
  return answer('done')
end

-- Keys that counted in a ledger of before, and its notes.
function operations.adopt(a)
  for _, kept in ipairs(a.bookings) do
    write('HSETNX', P .. 'bookings', kept[1], list(kept[2], kept[3], kept[4]))
  end
  for _, kept in ipairs(a.notes) do write('HSETNX', P .. 'notes', kept[1], kept[2]) end
  return answer('done')
end

function operations.open(a)
  local schema = ask('GET', P .. 'schema')
  if not schema then write('SET', P .. 'schema', a.schema) end
  return answer((schema or a.schema) == a.schema and 'done' or 'unknown', schema or '')
end

-- A desk says how far it saw this ledger come: one that went back since books nothing.
local version = tonumber(redis.call('GET', P .. 'version') or '0')
local is_back = version < tonumber(ARGV[1])
local told = {}
local fault = nil
for place, asked in ipairs(cjson.decode(ARGV[2])) do
  dirty = false
  if LOOKS[asked[1]] then write_out() end
  if is_back then
    told[place] = answer('back')
  elseif gone and gone ~= ARGV[3] and not STAYS[asked[1]] then
    told[place] = answer('gone')
  else
    local is_done, booked = pcall(operations[asked[1]], asked[2])
    if not is_done then
      fault = booked
      break
    end
    told[place] = booked
  end
  if dirty then version = version + 1 end
  told[place].version = version
end
write_out()
redis.call('SET', P .. 'version', string.format('%d', version))
if fault then error(fault) end
return cjson.encode(told)
