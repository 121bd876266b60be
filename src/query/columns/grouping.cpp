#include "grouping.hpp"

#include <algorithm>
#include <bit>
#include <functional>

namespace guanxi::query::columns {

grouping::grouping(frame& in, const bounds& within, std::size_t expected_rows, bool hashed,
                   const grouping_set* set)
    : what_(in.what()), within_(within), pace_(within.pace()), set_(set) {
  for (std::size_t k = 0; k < what_.keys.size(); ++k)
    if (!set_ || !(*set_)[k])
      keys_.push_back(
          std::make_unique<number_lane>(in, in.formula_of(what_.keys[k]), expected_rows));
  choose_numbering(expected_rows, hashed);
  add_measures(in, expected_rows);
  std::size_t groups = 1;
  if (!keys_.empty() && digits_.empty()) groups = 0;
  for (std::uint32_t n : digits_) groups *= n;
  grow(groups);
  add_parts();
}

void grouping::choose_numbering(std::size_t expected_rows, bool hashed) {
  // An array with more places than there are rows costs more than the hashing that it saves; those
  // of all grouping sets lie in memory together.
  const std::size_t sets = std::max<std::size_t>(what_.sets.size(), 1);
  const std::size_t most = std::clamp<std::size_t>(expected_rows / sets, 4096, 1 << 22);
  std::size_t groups = 1;
  for (const auto& key : keys_) {
    hashed = hashed || !key->complete() || key->known().size() > most / groups;
    if (hashed) break;
    groups *= key->known().size();
  }
  if (hashed) {
    pairs_.resize(keys_.empty() ? 0 : keys_.size() - 1);
    return;
  }
  for (const auto& key : keys_) digits_.push_back(static_cast<std::uint32_t>(key->known().size()));
}

void grouping::add_measures(frame& in, std::size_t expected_rows) {
  for (const aggregate& a : what_.aggregates) {
    measure* serving = nullptr;
    for (const auto& m : measures_)
      if (m->serves(a)) serving = m.get();
    if (!serving)
      if (auto made = make_measure(in, a, expected_rows)) {
        serving = made.get();
        measures_.push_back(std::move(made));
      }
    of_aggregate_.push_back(serving);
  }
  for (const auto& m : measures_) {
    auto* sum = dynamic_cast<sums*>(m.get());
    if (!sum) continue;
    if (!counter_ && sum->counts_rows()) counter_ = sum;
    for (const auto& other : measures_)
      if (auto* names = dynamic_cast<named_extremes*>(other.get())) names->lean_on(*sum);
  }
  // What leans on a sum sees each row before the sum does.
  std::stable_partition(measures_.begin(), measures_.end(), [](const auto& m) {
    return dynamic_cast<named_extremes*>(m.get()) != nullptr;
  });
}

void grouping::grow(std::size_t groups) {
  if (groups <= size_) return;
  // Ahead of need, so that growing by ones costs nothing.
  size_ = digits_.empty() && !keys_.empty() ? std::max<std::size_t>(groups * 2, 1024) : groups;
  for (const auto& m : measures_) m->grow(size_);
  if (!counter_) counts_.resize(size_);
}

void grouping::number(frame& in, const selection& rows) {
  groups_.resize(rows.count);
  if (keys_.empty()) {
    std::fill(groups_.begin(), groups_.end(), 0u);
    return;
  }
  keys_[0]->read(in, rows, groups_.data());
  for (std::size_t k = 1; k < keys_.size(); ++k) {
    if (!digits_.empty()) {
      keys_[k]->append(in, rows, digits_[k], groups_.data());
      continue;
    }
    room_.resize(rows.count);
    keys_[k]->read(in, rows, room_.data());
    for (std::size_t i = 0; i < rows.count; ++i)
      groups_[i] = pairs_[k - 1].of(groups_[i], room_[i]);
  }
  if (!digits_.empty()) return;
  grow(pairs_.empty() ? keys_[0]->known().size() : pairs_.back().size());
}

std::uint32_t grouping::number(frame& in, const root_row& at) {
  std::uint32_t group = 0;
  for (std::size_t k = 0; k < keys_.size(); ++k) {
    const std::uint32_t n = keys_[k]->read(in, at);
    if (!digits_.empty()) {
      outgrown_ = outgrown_ || n >= digits_[k];
      group = outgrown_ ? 0 : group * digits_[k] + n;
    } else {
      group = k == 0 ? n : pairs_[k - 1].of(group, n);
    }
  }
  if (digits_.empty() && !keys_.empty())
    grow(pairs_.empty() ? keys_[0]->known().size() : pairs_.back().size());
  return group;
}

/// Multiplies out what each key's number adds to a group's number, by the codes of its column.
void grouping::add_parts() {
  if (digits_.empty() || !counter_) return;
  std::uint32_t times = 1;
  for (std::size_t k = keys_.size(); k-- > 0; times *= digits_[k]) {
    const auto table = keys_[k]->by_codes();
    if (!table) return parts_.clear();
    group_part part{table->slot, std::vector<std::uint32_t>(table->numbers.begin(),
                                                            table->numbers.end())};
    for (std::uint32_t& n : part.adds) n *= times;
    parts_.insert(parts_.begin(), std::move(part));
  }
}

/// Where there is one sum and nothing else to do, its loop finds the last part by itself.
bool grouping::take_at_once(frame& in, const selection& rows) {
  if (parts_.empty() || rows.list) return false;
  for (const auto& m : measures_) {
    if (m.get() == counter_) continue;
    auto* names = dynamic_cast<named_extremes*>(m.get());
    if (!names || !names->leans(in, rows)) return false;
  }
  const std::size_t last = parts_.size() - 1;
  if (last == 0) return counter_->take(in, rows, parts_[0], nullptr);
  groups_.resize(rows.count);
  std::size_t k = 0;
  const auto first = [&](std::size_t part) { return parts_[part].adds.data(); };
  if (last > 1 &&
      for_codes(in.column(parts_[0].slot), in.column(parts_[1].slot), rows,
                [into = groups_.data(), a = first(0), b = first(1)](std::size_t i, auto x,
                                                                     auto y) {
                  into[i] = a[x] + b[y];
                }))
    k = 2;
  for (; k < last; ++k)
    for_codes(in.column(parts_[k].slot), rows,
              [into = groups_.data(), a = first(k), k](std::size_t i, auto code) {
                into[i] = (k == 0 ? 0 : into[i]) + a[code];
              });
  return counter_->take(in, rows, parts_[last], groups_.data());
}

bool grouping::take(frame& in, const selection& rows) {
  if (rows.count == 0 || take_at_once(in, rows)) return !in.failed();
  number(in, rows);
  if (in.failed()) return false;
  for (const auto& m : measures_) {
    m->take(in, rows, groups_.data());
    if (in.failed()) return false;
  }
  if (!counter_)
    for (std::uint32_t g : groups_) counts_[g].counts += group_sum::one_row;
  return pairs_.empty() || pairs_.back().size() <= within_.max_rows;
}

bool grouping::take(frame& in, const root_row& at) {
  const std::uint32_t group = number(in, at);
  if (in.failed() || outgrown_) return false;
  for (const auto& m : measures_) m->take(in, at, group);
  if (!counter_) counts_[group].counts += group_sum::one_row;
  return !in.failed();
}

void grouping::keys_of(std::uint32_t group, std::vector<std::uint32_t>& into) const {
  into.resize(keys_.size());
  for (std::size_t k = keys_.size(); k-- > 0;) {
    if (!digits_.empty()) {
      into[k] = group % digits_[k];
      group /= digits_[k];
    } else if (k == 0) {
      into[k] = group;
    } else {
      into[k] = pairs_[k - 1].at(group).second;
      group = static_cast<std::uint32_t>(pairs_[k - 1].at(group).first);
    }
  }
}

bool grouping::columns_of(std::uint32_t group, std::vector<value>& columns) {
  keys_of(group, room_);
  columns.clear();
  for (std::size_t k = 0, own = 0; k < what_.keys.size(); ++k) {
    if (set_ && (*set_)[k]) {
      columns.push_back(*(*set_)[k]);
    } else {
      columns.push_back(keys_[own]->known().at(room_[own]));
      ++own;
    }
  }
  for (std::size_t a = 0; a < of_aggregate_.size(); ++a) {
    if (!of_aggregate_[a]) {
      columns.emplace_back(std::int64_t{counts()[group].rows()});
      continue;
    }
    auto v = of_aggregate_[a]->result(what_.aggregates[a], group);
    if (!v) return false;
    columns.push_back(std::move(*v));
  }
  return true;
}

std::size_t grouping::held() const {
  std::size_t out = size_ * (measures_.size() * measure::group_bytes + sizeof(group_sum));
  for (const auto& key : keys_) out += key->known().held();
  for (const pair_numbers& pairs : pairs_) out += pairs.held();
  for (const auto& m : measures_) out += m->held();
  return out;
}

/// The groups that have rows; false: they are too many.
bool grouping::find_used() {
  const std::vector<group_sum>& all = counts();
  used_.resize(all.size());
  std::size_t used = 0;
  for (std::size_t g = 0; g < all.size(); ++g) {
    used_[used] = static_cast<std::uint32_t>(g);
    used += all[g].rows() > 0 || keys_.empty();
  }
  used_.resize(used);
  return used <= within_.max_rows;
}

/// Whether the answer's columns are keys and aggregates as they are, and its order too.
bool grouping::is_plain() const {
  const auto plain = [](const expr::expression& e) { return e.top().what == expr::op::column; };
  if (!what_.having.empty() || set_ || !what_.windows.empty() || !what_.per.empty()) return false;
  if (!what_.priors.empty() || what_.fill || what_.steps > 0) return false;
  if (!std::all_of(what_.outputs.begin(), what_.outputs.end(), plain)) return false;
  for (const order_key& k : what_.order)
    if (!plain(k.by)) return false;
  return std::all_of(what_.checks.begin(), what_.checks.end(), [this](const currency_check& c) {
    return c.columns.size() == 2 && names_of(c) != nullptr;
  });
}

const named_extremes* grouping::names_of(const currency_check& check) const {
  const measure* least = of_aggregate_[check.columns[0] - keys_.size()];
  const measure* greatest = of_aggregate_[check.columns[1] - keys_.size()];
  return least == greatest ? dynamic_cast<const named_extremes*>(least) : nullptr;
}

/// Currencies of all groups, and results that may not fit in a group that is not shown.
bool grouping::sound(std::span<const std::uint32_t> unseen) {
  for (const currency_check& c : what_.checks) {
    const named_extremes& names = *names_of(c);
    if (names.leans()) continue;
    for (std::uint32_t g : used_)
      if (!names.single(g)) return false;
  }
  for (std::size_t a = 0; a < of_aggregate_.size(); ++a) {
    if (!of_aggregate_[a] || is_exact(what_.aggregates[a].fn)) continue;
    for (std::uint32_t g : unseen)
      if (!of_aggregate_[a]->result(what_.aggregates[a], g)) return false;
  }
  return true;
}

bool grouping::is_exact(expr::function fn) noexcept {
  return fn == expr::function::count || fn == expr::function::min || fn == expr::function::max ||
         expr::goes_by(fn);
}

/// For each used group its place by one order key; equal values have one place.
bool grouping::places_by(const order_key& key, std::vector<std::uint32_t>& out,
                         std::uint32_t& most) {
  const std::size_t column = key.by.top().index;
  out.resize(used_.size());
  if (column < keys_.size()) {
    const std::vector<std::uint32_t> ranks = keys_[column]->ranks();
    for (std::size_t i = 0; i < used_.size(); ++i) {
      keys_of(used_[i], room_);
      out[i] = ranks[room_[column]];
    }
    most = static_cast<std::uint32_t>(ranks.size());
  } else {
    const std::size_t a = column - keys_.size();
    value_numbers values;
    for (std::size_t i = 0; i < used_.size(); ++i) {
      if (!of_aggregate_[a]) {
        out[i] = values.of(std::int64_t{counts()[used_[i]].rows()});
        continue;
      }
      const auto v = of_aggregate_[a]->result(what_.aggregates[a], used_[i]);
      if (!v) return false;
      out[i] = values.of(*v);
    }
    const std::vector<std::uint32_t> ranks = values.ranks();
    for (std::uint32_t& n : out) n = ranks[n];
    most = static_cast<std::uint32_t>(ranks.size());
  }
  for (std::uint32_t& place : out) {
    if (place == 0) place = key.nulls_first ? 0 : most;
    else if (key.descending) place = most - place;
  }
  return true;
}

/// Whether groups are numbered in the order that is wanted.
bool grouping::in_order() const {
  if (digits_.empty() || what_.order.size() != keys_.size()) return false;
  for (std::size_t k = 0; k < keys_.size(); ++k) {
    const order_key& by = what_.order[k];
    if (by.by.top().index != k || by.descending || !by.nulls_first || !keys_[k]->ranked())
      return false;
  }
  return true;
}

/// Puts the used groups in order; false: by values alone, or not at all.
bool grouping::sort_used() {
  if (in_order()) return true;
  std::vector<std::uint32_t> places;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> order(used_.size());
  for (std::size_t i = 0; i < used_.size(); ++i) order[i] = {0, used_[i]};
  int bits = 0;
  for (const order_key& k : what_.order) {
    std::uint32_t most = 0;
    if (!places_by(k, places, most)) return false;
    const int width = std::bit_width(most);
    if ((bits += width) > 64) return false;
    for (std::size_t i = 0; i < order.size(); ++i)
      order[i].first = (width < 64 ? order[i].first << width : 0) | places[i];
  }
  if (!std::is_sorted(order.begin(), order.end()) && !sort(order, std::less<>(), pace_))
    return false;
  for (std::size_t i = 0; i < used_.size(); ++i) used_[i] = order[i].second;
  return true;
}

bool grouping::write(std::uint32_t group, rows& into) {
  keys_of(group, room_);
  for (std::size_t o = 0; o < what_.outputs.size(); ++o) {
    column& to = into.open_column(o);
    const std::size_t c = what_.outputs[o].top().index;
    if (c < keys_.size()) {
      to.append(keys_[c]->known().at(room_[c]));
      continue;
    }
    const std::size_t a = c - keys_.size();
    if (!of_aggregate_[a]) {
      to.append_integer(counts()[group].rows());
      continue;
    }
    const auto v = of_aggregate_[a]->result(what_.aggregates[a], group);
    if (!v) return false;
    to.append(*v);
  }
  into.row_done();
  return true;
}

bool grouping::collect(arrangement& into, std::size_t& groups) {
  if (!find_used()) return false;
  groups += used_.size();
  return groups <= within_.max_rows && add_groups(into);
}

bool grouping::finish(rows& into) {
  if (!find_used()) return false;
  if (!is_plain() || !sort_used()) {
    arrangement all(what_, within_);
    return add_groups(all) && all.finish(into);
  }
  const auto skip = static_cast<std::size_t>(what_.offset.value_or(0));
  const std::size_t first = std::min(skip, used_.size());
  std::size_t last = used_.size();
  if (what_.limit) last = first + std::min(last - first, static_cast<std::size_t>(*what_.limit));
  const std::span<const std::uint32_t> all(used_);
  if (!sound(all.first(first)) || !sound(all.subspan(last))) return false;
  std::size_t shown = 0;  // bytes of the answer so far
  for (std::size_t i = first; i < last; ++i) {
    if (!step() || !write(used_[i], into)) return false;
    const bool ask = i % 256 == 255 || i + 1 == last;
    if (ask && !within_.keep(shown, bytes_of(into))) return false;
  }
  return true;
}

/// By the evaluator, a group at a time.
bool grouping::add_groups(arrangement& into) {
  std::vector<value> columns;
  for (std::uint32_t g : used_)
    if (!step() || !columns_of(g, columns) || !into.add_group(columns)) return false;
  return true;
}

}  // namespace guanxi::query::columns
