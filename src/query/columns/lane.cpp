#include "lane.hpp"

#include <algorithm>
#include <numeric>

namespace guanxi::query::columns {

std::uint32_t number_lane::number_of(const std::optional<value>& v) {
  if (v) return own_.of(*v);
  fails_ = true;
  return failed;
}

number_lane::number_lane(frame& in, formula f, std::size_t expected_rows) : f_(std::move(f)) {
  if (f_.reads.empty()) {
    how_ = kind::constant;
    constant_ = number_of(in.try_evaluate({}, f_));
    return;
  }
  const auto slot = in.hangs_on(f_);
  if (!slot) return;
  slot_ = *slot;
  in.rely_on(slot_);
  if (!table::fits(in.column(slot_), expected_rows)) {
    how_ = kind::hashed;
    return;
  }
  how_ = kind::table;
  if ((shared_ = make(in, expected_rows))) known_ = &shared_->known;
}

/// A complete table, from the cache or new; nothing: it is filled as codes are met.
std::shared_ptr<const number_lane::made> number_lane::make(frame& in, std::size_t expected_rows) {
  const cells& of = in.column(slot_);
  lookup_cache* cache = in.from().cache();
  std::optional<lookup_key> key;
  if (cache) key = in.key_of(slot_, f_);
  if (key)
    if (auto found = cache->find(*key)) return std::static_pointer_cast<const made>(found);
  numbers_.fill(of, expected_rows, [&](std::uint64_t code) {
    return number_of(in.evaluate(slot_, code, f_));
  });
  if (!numbers_.complete()) return nullptr;
  // Numbers in the order of their values let groups come out in that order.
  const std::vector<std::uint32_t> places = own_.sort();
  numbers_.change([&](std::uint32_t n) { return n == failed ? failed : places[n]; });
  auto out = std::make_shared<made>();
  out->numbers = std::move(numbers_);
  out->known = std::move(own_);
  out->fails = fails_;
  if (key) {
    const std::size_t bytes = out->numbers.size() * sizeof(std::uint32_t) +
                              out->known.size() * (sizeof(value) + 64);
    cache->put(std::move(*key), out, bytes);
  }
  return out;
}

bool number_lane::complete() const noexcept { return shared_ || how_ == kind::constant; }

void number_lane::read(frame& in, const selection& rows, std::uint32_t* into) {
  switch (how_) {
    case kind::constant: std::fill_n(into, rows.count, constant_); break;
    case kind::table: {
      const cells& of = in.column(slot_);
      if (!shared_)
        numbers_.meet(of, rows, [&](std::uint64_t code) {
          return number_of(in.evaluate(slot_, code, f_));
        });
      const std::uint32_t* entries = shared_ ? shared_->numbers.entries() : numbers_.entries();
      for_codes(of, rows, [=](std::size_t i, auto code) { into[i] = entries[code]; });
      break;
    }
    case kind::hashed:
      for_codes(in.column(slot_), rows, [&](std::size_t i, auto code) {
        const std::uint32_t met = codes_.of(code, 0);
        if (met == by_met_.size()) by_met_.push_back(number_of(in.evaluate(slot_, code, f_)));
        into[i] = by_met_[met];
      });
      break;
    case kind::each:
      for (std::size_t i = 0; i < rows.count; ++i)
        into[i] = number_of(in.try_evaluate({rows.at(i), nullptr}, f_));
      break;
  }
  if (!(shared_ ? shared_->fails : fails_)) return;
  if (std::find(into, into + rows.count, failed) != into + rows.count) in.fail();
}

void number_lane::append(frame& in, const selection& rows, std::uint32_t times,
                         std::uint32_t* into) {
  if (shared_ && !shared_->fails) {
    const std::uint32_t* entries = shared_->numbers.entries();
    return for_codes(in.column(slot_), rows, [=](std::size_t i, auto code) {
      into[i] = into[i] * times + entries[code];
    });
  }
  room_.resize(rows.count);
  read(in, rows, room_.data());
  for (std::size_t i = 0; i < rows.count; ++i) into[i] = into[i] * times + room_[i];
}

std::uint32_t number_lane::read(frame& in, const root_row& at) {
  const auto v = in.evaluate(at, f_);
  if (!v) return 0;
  if (shared_ && known_ == &shared_->known) {
    own_ = shared_->known;  // numbers go on from what the table has
    known_ = &own_;
  }
  return own_.of(*v);
}

std::vector<std::uint32_t> number_lane::ranks() const {
  if (!ranked()) return known_->ranks();
  std::vector<std::uint32_t> out(known_->size());
  std::iota(out.begin(), out.end(), 0u);
  return out;
}

std::optional<number_lane::code_numbers> number_lane::by_codes() const noexcept {
  if (!shared_ || shared_->fails) return std::nullopt;
  return code_numbers{slot_, {shared_->numbers.entries(), shared_->numbers.size()}};
}

std::optional<std::uint32_t> number_lane::only(frame& in, const selection& rows) {
  if (!shared_) return std::nullopt;
  const auto code = only_code(in.column(slot_), rows);
  if (!code || shared_->numbers[*code] == failed) return std::nullopt;
  return shared_->numbers[*code];
}

integer_lane::integer_lane(frame& in, formula f, std::size_t expected_rows)
    : type_(f.top().type), f_(std::move(f)) {
  const auto slot = in.hangs_on(f_);
  if (!slot) return;
  slot_ = *slot;
  const cells& of = in.column(slot_);
  const path_source* path = f_.path();
  if (path && path->join == 0 && of.kept_as() == cells::form::integers &&
      of.type().base == type_.base && of.type().scale == type_.scale) {
    how_ = kind::column;
    in.rely_on(slot_);
  } else if (decltype(entries_)::fits(of, expected_rows)) {
    how_ = kind::table;
    in.rely_on(slot_);
    entries_.fill(of, expected_rows, [&](std::uint64_t code) {
      return entry_of(in.evaluate(slot_, code, f_));
    });
  }
}

integer_lane::entry integer_lane::entry_of(const std::optional<value>& v) const {
  if (!v) return {0, 2};
  if (v->is_null()) return {0, 0};
  if (!v->is_number()) return {whole(*v), 1};
  const decimal d = v->number();
  const auto x = rescaled(d.coefficient, d.scale, type_.base == value_type::decimal ? type_.scale
                                                                                   : 0);
  return x ? entry{*x, 1} : entry{0, 2};
}

void integer_lane::read(frame& in, const selection& rows, std::int64_t* values,
                        std::uint8_t* present) {
  bool fails = false;
  switch (how_) {
    case kind::column: {
      const cells& of = in.column(slot_);
      const auto below = static_cast<std::uint64_t>(of.base()) - 1;
      for_codes(of, rows, [=](std::size_t i, auto code) {
        values[i] = static_cast<std::int64_t>(below + code);
        present[i] = code != 0;
      });
      return;
    }
    case kind::table: {
      const cells& of = in.column(slot_);
      entries_.meet(of, rows, [&](std::uint64_t code) {
        return entry_of(in.evaluate(slot_, code, f_));
      });
      for_codes(of, rows, [&](std::size_t i, auto code) {
        values[i] = entries_[code].content;
        present[i] = entries_[code].state;
        fails |= entries_[code].state == 2;
      });
      break;
    }
    case kind::each:
      for (std::size_t i = 0; i < rows.count; ++i) {
        const entry e = entry_of(in.try_evaluate({rows.at(i), nullptr}, f_));
        values[i] = e.content;
        present[i] = e.state;
        fails |= e.state == 2;
      }
      break;
  }
  if (fails) in.fail();
}

std::optional<std::int64_t> integer_lane::read(frame& in, const root_row& at) {
  const entry e = entry_of(in.evaluate(at, f_));
  if (e.state == 2) in.fail();
  return e.state == 1 ? std::optional(e.content) : std::nullopt;
}

value integer_lane::as_value(std::int64_t x) const {
  switch (type_.base) {
    case value_type::decimal: return decimal{x, type_.scale};
    case value_type::date: return date{static_cast<std::int32_t>(x)};
    case value_type::instant: return instant{x};
    case value_type::reference: return id{x};
    default: return x;
  }
}

}  // namespace guanxi::query::columns
