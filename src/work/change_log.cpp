#include "guanxi/work/change_log.hpp"

#include "store/stored.hpp"

#include <charconv>
#include <limits>
#include <utility>

namespace guanxi::work {

namespace {

namespace table = store::system_table;

}  // namespace

change_log::change_log(pipeline& open) : open_(&open), text_(open.world().text.get()) {}

schema::catalog_ptr change_log::catalog() const {
  return open_ ? open_->catalog_ : by_->catalog();
}

result<schema::record> change_log::record(const schema::entity& of, id key) {
  return open_ ? open_->in_->load(of, key) : by_->load(store::log_key(), of, key);
}

query::loaded_relatives change_log::related() {
  using image = query::loaded_relatives::image;
  const auto load = [this](const schema::entity& of, id key) -> result<image> {
    result<schema::record> r = record(of, key);
    if (!r) return passed(r);
    return r->empty() ? image() : std::make_shared<const schema::record>(std::move(*r));
  };
  return {catalog(), load, [this](const query::trimmed_plan& p) {
            const query::bounds within{.text = text_};
            return open_ ? open_->in_->read(p, within) : by_->read(p, within);
          }};
}

result<void> change_log::records(const schema::entity& of, id after, std::size_t at_most,
                                 const store::record_visitor& visit) {
  return open_ ? open_->in_->scan(of, after, at_most, visit)
               : by_->scan(store::log_key(), of, after, at_most, visit);
}

result<std::string> change_log::word(std::uint32_t number) {
  if (const auto known = words_.find(number); known != words_.end()) return known->second;
  result<schema::record> row = record(*catalog()->find(table::word.name), id{number});
  if (!row) return passed(row);
  std::string out(row->empty() ? std::string_view()
                               : store::stored_text(row->at(table::word["content"].slot)));
  words_.emplace(number, out);
  return out;
}

result<std::vector<store::change_entry>> change_log::after(std::int64_t sequence,
                                                           std::size_t at_most, own mine) {
  std::int64_t end = std::numeric_limits<std::int64_t>::max();
  if (open_ && mine == own::left_out) {
    result<std::int64_t> first = open_->in_->first_change();
    if (!first) return passed(first);
    end = *first;
  }
  const schema::catalog_ptr names = catalog();
  // Rows first, words after: a visitor must not read in turn.
  std::vector<schema::record> rows;
  const auto take = [&](const schema::record& row) -> result<bool> {
    if (row.key().value >= end) return false;
    rows.push_back(row);
    return true;
  };
  if (auto ok = records(*names->find(table::change.name), id{sequence}, at_most, take); !ok)
    return passed(ok);
  std::vector<store::change_entry> out;
  out.reserve(rows.size());
  for (const schema::record& row : rows) {
    result<store::change_entry> e =
        store::unpacked(row, *names, [this](std::uint32_t n) { return word(n); });
    if (!e) return passed(e);
    out.push_back(std::move(*e));
  }
  return out;
}

result<query::rows> change_log::ask(const std::string& text, const expr::parameter_value& with) {
  const policy::grants all(std::make_shared<const policy::rulebook>(), catalog(),
                           policy::principal::system_sight("log"));
  result<query::statement> q = query::parse(text);
  if (!q) return passed(q);
  result<query::plan_ptr> p = query::bind(*q, all, {&with, 1});
  if (!p) return passed(p);
  result<query::trimmed_plan> t = query::trim(*p, all);
  if (!t) return passed(t);
  const query::bounds within{.text = text_};
  return open_ ? open_->in_->read(*t, within) : by_->read(*t, within);
}

result<std::vector<store::change_entry>> change_log::of_record(const schema::entity& of, id key) {
  const schema::catalog_ptr names = catalog();
  const schema::entity& log = *names->find(table::change.name);
  std::string text = "select id";
  for (const schema::field& f : log.fields())
    if (!f.system) text += ", " + f.name;
  result<query::rows> rows = ask(text + " from gx_change where record = :record order by id",
                                 {"record", key.value, {}, false});
  if (!rows) return passed(rows);
  std::vector<store::change_entry> out;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    schema::record row(names, log);
    row.set(schema::system_slot::id, rows->at(i, 0));
    std::size_t column = 1;
    for (const schema::field& f : log.fields())
      if (!f.system) row.set(f.slot, rows->at(i, column++));
    result<store::change_entry> e =
        store::unpacked(row, *names, [this](std::uint32_t n) { return word(n); });
    if (!e) return passed(e);
    if (e->entity == of.number()) out.push_back(std::move(*e));
  }
  return out;
}

result<std::int64_t> change_log::number(id of_meta) {
  result<schema::record> row = record(*catalog()->find(table::meta.name), of_meta);
  if (!row) return passed(row);
  return row->empty() ? result<std::int64_t>(0) : store::stored_counter(*row);
}

result<bool> change_log::hold() {
  if (open_ || by_->holds()) return true;
  auto held = by_->hold();
  if (held) return true;
  if (held.error().code() == errc::unsupported) return false;
  return passed(held);
}

result<std::int64_t> change_log::last() {
  result<std::int64_t> next = open_ ? open_->in_->first_change() : number(table::meta_next_change);
  if (!next) return next;
  return *next > 0 ? *next - 1 : 0;
}

result<std::int64_t> change_log::pruned() { return number(table::meta_pruned); }

result<std::int64_t> change_log::last_at(instant when) {
  result<query::rows> found = ask(
      "select id from gx_change where at <= :when order by id desc limit 1",
      {"when", when, {}, false});
  if (!found) return passed(found);
  if (!found->empty()) return found->at(0, 0).as_id().value;
  // The last that was pruned may be the one.
  result<schema::record> row = record(*catalog()->find(table::meta.name), table::meta_pruned);
  if (!row) return passed(row);
  if (row->empty()) return std::int64_t{0};
  const std::string_view at = store::stored_text(row->at(table::meta["content"].slot));
  std::int64_t pruned_at = 0;
  const auto [end, why] = std::from_chars(at.data(), at.data() + at.size(), pruned_at);
  if (at.empty() || why != std::errc() || pruned_at > when.microseconds) return std::int64_t{0};
  return store::stored_counter(*row);
}

result<std::int64_t> change_log::first_since(instant when) {
  result<query::rows> found = ask("select id from gx_change where at >= :when order by id limit 1",
                                  {"when", when, {}, false});
  if (!found) return passed(found);
  return found->empty() ? std::int64_t{0} : found->at(0, 0).as_id().value;
}

namespace {

cursor cursor_of(const schema::record& r) {
  cursor c{r.key(), std::string(store::stored_text(r.at(table::cursor["name"].slot))),
           id{store::stored_number(r.at(table::cursor["user"].slot))},
           store::stored_number(r.at(table::cursor["position"].slot)), {}};
  const value& moved = r.at(table::cursor["moved_at"].slot);
  if (moved.type() == value_type::instant) c.moved_at = moved.as_instant();
  return c;
}

}  // namespace

result<std::optional<cursor>> change_log::cursor_at(id key) {
  result<schema::record> row = record(*catalog()->find(table::cursor.name), key);
  if (!row) return passed(row);
  return row->empty() ? std::optional<cursor>() : std::optional(cursor_of(*row));
}

result<std::vector<cursor>> change_log::cursors() {
  constexpr std::size_t page = 1000;
  std::vector<cursor> out;
  const schema::catalog_ptr names = catalog();
  id seen;
  std::size_t got = page;
  const auto take = [&](const schema::record& r) -> result<bool> {
    ++got;
    seen = r.key();
    out.push_back(cursor_of(r));
    return true;
  };
  while (got == page) {
    got = 0;
    if (auto ok = records(*names->find(table::cursor.name), seen, page, take); !ok)
      return passed(ok);
  }
  return out;
}

result<std::optional<schema::record>> change_log::entry_at(std::int64_t sequence) {
  result<schema::record> row = record(*catalog()->find(table::change.name), id{sequence});
  if (!row) return passed(row);
  return row->empty() ? std::optional<schema::record>() : std::optional(std::move(*row));
}

}  // namespace guanxi::work
