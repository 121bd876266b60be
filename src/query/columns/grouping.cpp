#include "grouping.hpp"

#include "guanxi/query/precedence.hpp"

#include <algorithm>

namespace guanxi::query::columns {

grouping::grouping(frame& in, const bounds& within, std::size_t expected_rows, bool hashed)
    : what_(in.what()), within_(within) {
  for (const expr::expression& key : what_.keys)
    keys_.push_back(std::make_unique<number_lane>(in, in.formula_of(key), expected_rows));
  choose_numbering(expected_rows, hashed);
  add_measures(in, expected_rows);
  std::size_t groups = 1;
  if (!keys_.empty() && digits_.empty()) groups = 0;
  for (std::uint32_t n : digits_) groups *= n;
  grow(groups);
}

void grouping::choose_numbering(std::size_t expected_rows, bool hashed) {
  // An array with more places than there are rows costs more than the hashing that it saves.
  const std::size_t most = std::clamp<std::size_t>(expected_rows, 4096, 1 << 22);
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

bool grouping::take(frame& in, const selection& rows) {
  if (rows.count == 0) return true;
  number(in, rows);
  if (in.failed()) return false;
  for (const auto& m : measures_) {
    m->take(in, rows, groups_.data());
    if (in.failed()) return false;
  }
  if (!counter_)
    for (std::uint32_t g : groups_) ++counts_[g].rows;
  return pairs_.empty() || pairs_.back().size() <= within_.max_rows;
}

bool grouping::take(frame& in, const root_row& at) {
  const std::uint32_t group = number(in, at);
  if (in.failed() || outgrown_) return false;
  for (const auto& m : measures_) m->take(in, at, group);
  if (!counter_) ++counts_[group].rows;
  return !in.failed();
}

void grouping::keys_of(std::size_t group, std::vector<std::uint32_t>& into) const {
  into.resize(keys_.size());
  for (std::size_t k = keys_.size(); k-- > 0;) {
    if (!digits_.empty()) {
      into[k] = static_cast<std::uint32_t>(group % digits_[k]);
      group /= digits_[k];
    } else if (k == 0) {
      into[k] = static_cast<std::uint32_t>(group);
    } else {
      into[k] = pairs_[k - 1].at(static_cast<std::uint32_t>(group)).second;
      group = pairs_[k - 1].at(static_cast<std::uint32_t>(group)).first;
    }
  }
}

bool grouping::columns_of(std::size_t group, std::vector<value>& columns) {
  keys_of(group, room_);
  columns.clear();
  for (std::size_t k = 0; k < keys_.size(); ++k) columns.push_back(keys_[k]->known().at(room_[k]));
  for (std::size_t a = 0; a < of_aggregate_.size(); ++a) {
    if (!of_aggregate_[a]) {
      columns.emplace_back(std::int64_t{counts()[group].rows});
      continue;
    }
    auto v = of_aggregate_[a]->result(what_.aggregates[a], group);
    if (!v) return false;
    columns.push_back(std::move(*v));
  }
  return true;
}

bool grouping::keep(frame& in, std::span<const value> columns,
                    std::vector<answer_row>& kept) const {
  const expr::inputs from{.columns = columns, .text = in.text()};
  if (!what_.having.empty()) {
    result<bool> yes = expr::holds(what_.having, from);
    if (!yes) return false;
    if (!*yes) return true;
  }
  answer_row& out = kept.emplace_back();
  const auto add = [&](const expr::expression& e, std::vector<value>& to) {
    result<value> v = expr::evaluate(e, from);
    if (v) to.push_back(std::move(*v));
    return static_cast<bool>(v);
  };
  for (const expr::expression& e : what_.outputs)
    if (!add(e, out.outputs)) return false;
  for (const order_key& k : what_.order)
    if (!add(k.by, out.order)) return false;
  return true;
}

bool grouping::finish(frame& in, rows& into) {
  std::vector<answer_row> kept;
  std::vector<value> columns;
  std::size_t used = 0;
  for (std::size_t g = 0; g < counts().size(); ++g) {
    if (counts()[g].rows == 0 && !keys_.empty()) continue;
    if (++used > within_.max_rows) return false;
    if (!columns_of(g, columns) || !check_currencies(what_, columns)) return false;
    if (!keep(in, columns, kept)) return false;
  }
  std::sort(kept.begin(), kept.end(), [this](const answer_row& a, const answer_row& b) {
    return before(what_.order, a.order, b.order);
  });
  const auto skip = static_cast<std::size_t>(what_.offset.value_or(0));
  for (std::size_t i = skip; i < kept.size(); ++i) {
    if (what_.limit && i - skip >= static_cast<std::size_t>(*what_.limit)) break;
    into.append(kept[i].outputs);
  }
  return true;
}

}  // namespace guanxi::query::columns
