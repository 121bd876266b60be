#include "edge/import/key_index.hpp"

namespace guanxi::edge {

result<void> key_index::load(const session& from) {
  if (loaded_) return {};
  std::string text = "select id";
  for (const schema::field* f : fields_) text += ", " + f->name;
  result<rows> all = from.query(text + " from " + std::string(of_->name()));
  if (!all) return passed(all);
  std::vector<value> values(fields_.size());
  for (std::size_t row = 0; row < all->size(); ++row) {
    for (std::size_t c = 0; c < values.size(); ++c) values[c] = all->at(row, c + 1);
    const std::optional<std::string> key = key_of(values);
    if (!key) continue;
    const auto [at, fresh] = by_key_.try_emplace(*key, all->at(row, 0).as_id());
    if (!fresh) at->second = ambiguous;
  }
  loaded_ = true;
  return {};
}

id key_index::find(const std::string& key) const {
  const auto at = by_key_.find(key);
  return at == by_key_.end() ? none : at->second;
}

void key_index::put(const schema::record& now, const schema::record* before) {
  if (!loaded_) return;
  const std::optional<std::string> key = key_of(now);
  if (before) {
    const std::optional<std::string> old = key_of(*before);
    if (old == key) return;
    if (old && find(*old) == now.key()) by_key_.erase(*old);
  }
  if (!key) return;
  const auto [at, fresh] = by_key_.try_emplace(*key, now.key());
  if (!fresh && at->second != now.key())
    at->second = at->second == rejected ? now.key() : ambiguous;
}

std::string key_index::hint(const value& wanted) const {
  if (fields_.size() != 1 || wanted.type() != value_type::text) return {};
  nearest_name near(wanted.as_text());
  for (const auto& [key, record] : by_key_)
    if (record) near.offer(std::string_view(key).substr(1));
  return near.hint();
}

std::optional<std::string> key_index::key_of(std::span<const value> values) {
  std::string key;
  for (const value& v : values) {
    if (v.is_null()) return std::nullopt;
    if (!key.empty()) key += '\0';  // no text holds it
    key += static_cast<char>('0' + static_cast<int>(v.type()));
    key += v.to_string();
  }
  return key;
}

std::optional<std::string> key_index::key_of(const schema::record& r) const {
  std::vector<value> values;
  for (const schema::field* f : fields_) values.push_back(r.at(f->slot));
  return key_of(values);
}

}  // namespace guanxi::edge
