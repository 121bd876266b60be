#include "reading.hpp"

#include <algorithm>

namespace guanxi::store::memory {

void committed_source::unlock() {
  held_.unlock();
  for (auto& [columns, seen] : seen_) seen.images.clear();
}

const query::column_table* committed_source::table(const schema::entity& entity) {
  // A thread that holds the gate must not ask for it again: a writer may wait in between.
  std::shared_lock<gate> now;
  if (!held_) now = contents_.hold();
  const sight seen = contents_.seen(entity, at_);
  moved_ = moved_ || seen.moved;
  const memory::table* const found = seen.moved ? nullptr : seen.table;
  if (!found) return nullptr;
  const auto [at, first] = seen_.try_emplace(&found->columns);
  if (first) {
    at->second.kept = found;
    at->second.rows = contents_.rows(*found, at_);
  }
  return &found->columns;
}

committed_source::seen_table& committed_source::of(const query::column_table& t) const {
  return seen_.find(&t)->second;
}

row_number committed_source::rows(const query::column_table& t) const { return of(t).rows; }

bool committed_source::changed(const query::column_table& t) const {
  // May say yes of a row that came later; then the next question tells.
  return !of(t).kept->newest.empty();
}

bool committed_source::changed(const query::column_table& t, row_number row) const {
  return contents_.past().changed(*of(t).kept, row, at_);
}

const std::vector<value>* committed_source::image(const query::column_table& t,
                                                  row_number row) const {
  seen_table& from = of(t);
  auto at = from.images.find(row);
  if (at == from.images.end())
    at = from.images.emplace(row, contents_.image(*from.kept, row, at_)).first;
  return at->second[schema::system_slot::id].is_null() ? nullptr : &at->second;
}

void committed_source::changed(const query::column_table& t, std::vector<row_number>& into) const {
  const seen_table& from = of(t);
  const std::size_t before = into.size();
  contents_.past().changed(*from.kept, at_, into);
  into.erase(std::remove_if(into.begin() + static_cast<std::ptrdiff_t>(before), into.end(),
                            [&](row_number row) { return row >= from.rows; }),
             into.end());
}

row_number committed_source::find(const query::column_table& t, id key) const {
  return contents_.find(*of(t).kept, key, at_);
}

std::uint64_t committed_source::version(const query::column_table& t) const {
  const memory::table& kept = *of(t).kept;
  // What somebody writes now may move the codes that were looked up by.
  return kept.touched || kept.changed_at > at_ ? 0 : kept.version;
}

const query::column_table* writing_source::table(const schema::entity& entity) {
  settled_(entity);
  const memory::table* found = contents_.find(entity);
  return found ? &found->columns : nullptr;
}

}  // namespace guanxi::store::memory
