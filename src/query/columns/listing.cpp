#include "listing.hpp"

#include "held.hpp"

#include <algorithm>
#include <numeric>

namespace guanxi::query::columns {

using schema::system_slot::id;

namespace {

bool is_id(const formula& f) {
  const path_source* p = f.path();
  return p && p->join == 0 && p->slot == id;
}

void append(const cells& from, row_number row, column& to) {
  const std::uint64_t code = from.code(row);
  if (code == 0) return to.append_null();
  if (from.kept_as() != cells::form::integers) return to.append_text(from.text(code));
  to.append_integer(from.integer(code));
}

/// How many of the best rows the engine keeps, if it cuts them.
std::optional<std::size_t> wanted(const plan& p, const bounds& within) {
  if (!p.limit) return std::nullopt;
  const auto skip = static_cast<std::size_t>(p.offset.value_or(0));
  const auto most = static_cast<std::size_t>(*p.limit);
  if (most > within.max_rows || skip > within.max_rows) return std::nullopt;
  return most + skip;
}

}  // namespace

/// Nulls first: 0 is the least code. Else every code is one less, and null the greatest.
std::uint64_t listing::key::rising(std::uint64_t code) const noexcept {
  const std::uint64_t placed = nulls_first != descending ? code : code - 1;
  return descending ? ~placed : placed;
}

std::optional<std::size_t> listing::enough(const plan& p, const bounds& within) {
  const auto fails = [&](const expr::expression& e) { return can_fail(e, within.text); };
  const auto n = wanted(p, within);
  if (!n) return std::nullopt;
  if (std::any_of(p.filters.begin(), p.filters.end(), fails)) return std::nullopt;
  if (std::any_of(p.outputs.begin(), p.outputs.end(), fails)) return std::nullopt;
  for (const order_key& k : p.order)
    if (fails(k.by)) return std::nullopt;
  return n;
}

listing::listing(frame& in, const bounds& within, std::size_t expected_rows)
    : what_(in.what()), within_(within), wanted_(wanted(in.what(), within)),
      enough_(enough(in.what(), within)) {
  for (const expr::expression& e : what_.outputs) {
    output& o = outputs_.emplace_back(output{in.formula_of(e), {}});
    const path_source* p = o.f.path();
    if (p && p->join == 0 && p->slot < in.root()->slots()) o.slot = p->slot;
    if ((what_.limit || what_.offset) && can_fail(e, within.text)) probes_.push_back(o.f);
  }
  bool decided = false;
  for (const order_key& k : what_.order) {
    formula f = in.formula_of(k.by);
    if (decided) {
      if (can_fail(k.by, within.text)) probes_.push_back(std::move(f));
      continue;
    }
    by_row_ = keys_.empty() && is_id(f) && !k.descending && in.root()->ordered();
    const path_source* p = f.path();
    key& made = keys_.emplace_back();
    made.descending = k.descending;
    made.nulls_first = k.nulls_first;
    if (p && p->join == 0 && p->slot < in.root()->slots() && in.column(p->slot).rising()) {
      made.slot = p->slot;
      in.rely_on(p->slot);
    } else {
      made.numbers = std::make_unique<number_lane>(in, std::move(f), expected_rows);
    }
    // Behind the id nothing is left to decide.
    decided = !made.numbers && made.slot == id;
  }
  if (by_row_) keys_.clear();
}

bool listing::before(std::size_t a, std::size_t b) const {
  for (std::size_t k = 0; k < keys_.size(); ++k) {
    const std::uint64_t x = codes_[a * keys_.size() + k], y = codes_[b * keys_.size() + k];
    if (x == y) continue;
    if (!keys_[k].numbers) return x < y;
    const value_numbers& known = keys_[k].numbers->known();
    if (x == 0 || y == 0) return (x == 0) == keys_[k].nulls_first;
    const auto c = order(known.at(static_cast<std::uint32_t>(x)),
                         known.at(static_cast<std::uint32_t>(y)));
    return keys_[k].descending ? c > 0 : c < 0;
  }
  return false;
}

std::vector<std::uint32_t> listing::places() const {
  std::vector<std::uint32_t> out(rows_.size());
  std::iota(out.begin(), out.end(), 0u);
  return out;
}

std::size_t listing::held() const {
  std::size_t out = rows_.capacity() * sizeof(rows_[0]) + codes_.capacity() * sizeof(codes_[0]);
  for (const key& k : keys_)
    if (k.numbers) out += k.numbers->known().held();
  return out;
}

/// Drops all but the best rows.
void listing::keep_best(std::vector<std::uint32_t>& places, std::size_t most) {
  const auto cut = places.begin() + static_cast<std::ptrdiff_t>(most);
  std::nth_element(places.begin(), cut, places.end(),
                   [this](std::uint32_t a, std::uint32_t b) { return before(a, b); });
  std::sort(places.begin(), cut);
  for (std::size_t i = 0; i < most; ++i) {
    rows_[i] = rows_[places[i]];
    for (std::size_t k = 0; k < keys_.size(); ++k)
      codes_[i * keys_.size() + k] = codes_[places[i] * keys_.size() + k];
  }
  rows_.resize(most);
  codes_.resize(most * keys_.size());
}

/// False: the cap is broken.
bool listing::room_left() {
  if (!wanted_) return taken_ <= within_.max_rows;
  if (by_row_ || rows_.size() < 2 * *wanted_ + 1024) return true;
  std::vector<std::uint32_t> all = places();
  keep_best(all, *wanted_);
  return true;
}

bool listing::take(frame& in, const selection& rows) {
  const std::size_t first = rows_.size();
  taken_ += rows.count;
  for (formula& f : probes_)
    for (std::size_t i = 0; i < rows.count && !in.failed(); ++i)
      in.evaluate({rows.at(i), nullptr}, f);
  if (in.failed()) return false;
  rows_.resize(first + rows.count);
  for (std::size_t i = 0; i < rows.count; ++i) rows_[first + i] = rows.at(i);
  codes_.resize(rows_.size() * keys_.size());
  for (std::size_t k = 0; k < keys_.size(); ++k) {
    std::uint64_t* into = codes_.data() + first * keys_.size() + k;
    if (!keys_[k].numbers) {
      for_codes(in.column(keys_[k].slot), rows, [&, n = keys_.size()](std::size_t i, auto code) {
        into[i * n] = keys_[k].rising(code);
      });
      continue;
    }
    numbers_.resize(rows.count);
    keys_[k].numbers->read(in, rows, numbers_.data());
    for (std::size_t i = 0; i < rows.count; ++i) into[i * keys_.size()] = numbers_[i];
  }
  return !in.failed() && room_left();
}

bool listing::take(frame& in, const root_row& at) {
  ++taken_;
  for (formula& f : probes_) in.evaluate(at, f);
  rows_.push_back(at.row);
  for (const key& k : keys_) {
    if (k.numbers) {
      codes_.push_back(k.numbers->read(in, at));
      continue;
    }
    const auto code = in.column(k.slot).find(in.cell(at, {0, k.slot}));
    if (!code) return false;
    codes_.push_back(k.rising(*code));
  }
  return !in.failed() && room_left();
}

/// Turns numbers of values into their places in the order.
void listing::rank() {
  for (std::size_t k = 0; k < keys_.size(); ++k) {
    if (!keys_[k].numbers) continue;
    const std::vector<std::uint32_t> ranks = keys_[k].numbers->ranks();
    for (std::size_t i = k; i < codes_.size(); i += keys_.size())
      codes_[i] = keys_[k].rising(ranks[codes_[i]]);
    keys_[k].numbers.reset();
  }
}

bool listing::write(frame& in, const root_row& at, rows& into) {
  for (std::size_t c = 0; c < outputs_.size(); ++c) {
    column& to = into.open_column(c);
    output& o = outputs_[c];
    if (o.slot && !at.image) {
      append(in.column(*o.slot), at.row, to);
      continue;
    }
    const auto v = in.evaluate(at, o.f);
    if (!v) return false;
    to.append(*v);
  }
  into.row_done();
  return true;
}

result<bool> listing::finish(frame& in, rows& into) {
  const auto skip = static_cast<std::size_t>(what_.offset.value_or(0));
  if (by_row_) {
    if (!std::is_sorted(rows_.begin(), rows_.end())) std::sort(rows_.begin(), rows_.end());
  } else {
    std::vector<std::uint32_t> all = places();
    if (wanted_ && *wanted_ < all.size()) {
      keep_best(all, *wanted_);
      all = places();
    }
    rank();
    expr::pace pace = within_.pace();
    const auto earlier = [this](std::uint32_t a, std::uint32_t b) { return before(a, b); };
    if (auto ok = sort(all, earlier, pace); !ok) return passed(ok);
    for (std::uint32_t& place : all) place = rows_[place];
    rows_ = std::move(all);
  }
  std::size_t end = rows_.size();
  if (what_.limit && skip < end)
    end = skip + std::min(end - skip, static_cast<std::size_t>(*what_.limit));
  const std::size_t per_hold = in.from().rows_per_hold();
  std::size_t shown = 0;  // bytes of the answer so far
  for (std::size_t first = skip; first < end; first += per_hold) {
    if (auto ok = within_.check(); !ok) return passed(ok);
    const columns::held now(in.from());
    in.look();
    for (std::size_t i = first; i < std::min(end, first + per_hold); ++i) {
      const auto at = in.at(rows_[i]);
      if (!at || !write(in, *at, into)) return false;
      if (i % 256 != 255 && i + 1 < end) continue;
      if (auto ok = within_.keep(shown, bytes_of(into)); !ok) return passed(ok);
    }
  }
  return true;
}

}  // namespace guanxi::query::columns
