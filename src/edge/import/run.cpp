#include "edge/import/run.hpp"

#include <algorithm>

namespace guanxi::edge {

namespace {

constexpr std::string_view cause = "import";
constexpr std::uint64_t rows_between_reports = 64;

/// What no correction of a row can mend.
bool stops_the_run(const error& why) noexcept {
  return static_cast<std::int32_t>(why.code()) >= static_cast<std::int32_t>(errc::file_missing) ||
         why.aborted();
}

std::string column_list(const bound_source& s) {
  std::string out;
  const auto columns = s.rule->columns();
  for (std::string_view c : columns) out += (out.empty() ? " " : ", ") + in_backticks(c);
  return columns.empty() ? out : (columns.size() == 1 ? "column" : "columns") + out;
}

std::string joined(const std::vector<const schema::field*>& fields) {
  std::string out;
  for (const schema::field* f : fields) out += (out.empty() ? "`" : ", `") + f->name + "`";
  return out;
}

}  // namespace

import_run::import_run(session& into, const mapping& m, import_plan& plan,
                       const import_options& options)
    : session_(into), mapping_(m), plan_(plan), options_(options) {
  for (const bound_table& t : plan.tables) total_ += static_cast<std::uint64_t>(t.table->rows);
}

result<import_report> import_run::run() {
  import_report out;
  for (bound_table& t : plan_.tables) {
    import_report::file& file = out.files.emplace_back();
    if (auto ok = take_table(t, file); !ok) return passed(ok);
    if (full()) break;
  }
  if (faults_.empty()) {
    if (options_.on_progress && !options_.on_progress(total_, total_))
      return unexpected(errc::interrupted, "the import was cancelled; nothing was written");
    return out;
  }
  error first = std::move(faults_.front());
  for (std::size_t i = 1; i < faults_.size(); ++i) first.add_other(std::move(faults_[i]));
  return unexpected(std::move(first));
}

result<void> import_run::take_table(bound_table& t, import_report::file& out) {
  table_ = &t;
  out.name = t.table->rule->name;
  for (const bound_rule& r : t.rules)
    out.records.push_back({.record = r.rule->name, .entity = r.rule->entity});
  row_reader reader(*t.table);
  std::vector<std::string_view> cells;
  while (!full()) {
    if (options_.on_progress && done_ % rows_between_reports == 0 &&
        !options_.on_progress(done_, total_))
      return unexpected(errc::interrupted, "the import was cancelled; nothing was written");
    result<bool> more = reader.next(cells);
    if (!more) return passed(more);
    if (!*more) break;
    row at{.cells = &cells, .line = reader.line()};
    for (std::size_t i = 0; i < t.rules.size(); ++i)
      if (auto ok = take_rule(t.rules[i], at, out.records[i]); !ok) return ok;
    ++out.rows;
    ++done_;
  }
  if (auto ok = set_pending(); !ok) return ok;
  std::vector<bool> used(t.table->columns.size());
  const auto mark = [&](const bound_source& s, const auto& self) -> void {
    for (std::size_t c : s.columns) used[c] = true;
    for (const bound_source& further : s.with) self(further, self);
  };
  for (const bound_rule& r : t.rules) {
    if (r.skip_if_blank) used[*r.skip_if_blank] = true;
    for (const bound_source& s : r.fields) mark(s, mark);
  }
  for (std::size_t c = 0; c < used.size(); ++c)
    if (!used[c]) out.unused_columns.push_back(t.table->columns[c]);
  return {};
}

result<void> import_run::take_rule(bound_rule& r, row& at, import_count& count) {
  if (r.skip_if_blank && (*at.cells)[*r.skip_if_blank].empty()) {
    ++count.skipped;
    at.made.push_back(key_index::none);
    return {};
  }
  result<built> from = read_fields(r, at);
  if (!from) return passed(from);
  const std::optional<std::string> key = key_of(r, *from);
  if (!key) {
    at.made.push_back(key_index::rejected);
    if (from->faulty || from->rejected) return {};
    for (std::size_t k : r.key)
      if (from->readings[k].what == reading::kind::blank)
        return fault(error(errc::validation, "a `" + r.rule->entity + "` is known by its `" +
                                                 r.fields[k].field->name +
                                                 "`, which may not be blank"),
                     r, at, &r.fields[k], {});
    return fault(error(errc::not_found, "a key cannot wait for a later row; put that row first"), r,
                 at, &r.fields[r.key[0]], from->readings[r.key[0]].shown);
  }
  if (auto ok = r.index->load(session_); !ok) return ok;
  std::string values;
  if (r.rule->repeats == record_rule::repetition::same)
    for (const reading& given : from->readings)
      values += given.content.to_string() + given.key + '\0';
  const auto [known, fresh] =
      r.known.try_emplace(*key, bound_rule::seen{at.line, key_index::rejected, values});
  if (!fresh) {
    const reading& first = from->readings[r.key[0]];
    at.made.push_back(known->second.key);
    const std::string before = table_->table->at(known->second.line);
    if (r.rule->repeats == record_rule::repetition::refused)
      return fault(error(errc::duplicate, "it stands already in " + before +
                                              "; keep one row for each `" + r.rule->entity + "`"),
                   r, at, &r.fields[r.key[0]], first.shown);
    if (known->second.values != values)
      return fault(error(errc::duplicate, "it says other things of this `" + r.rule->entity +
                                              "` than " + before + "; make them agree"),
                   r, at, &r.fields[r.key[0]], first.shown);
    ++count.repeated;
    return {};
  }
  result<id> made = key_index::rejected;
  if (!from->faulty && !from->rejected) made = store(r, at, *from, *key, count);
  if (!made) return passed(made);
  if (*made == key_index::rejected) r.index->reject(*key);
  known->second.key = *made;
  at.made.push_back(*made);
  return {};
}

result<import_run::built> import_run::read_fields(const bound_rule& r, const row& at) {
  built out;
  out.slots.resize(r.of->slots());
  for (const bound_source& s : r.fields) {
    result<reading> got = read(s, at, out.slots);
    if (!got) {
      result<std::string> shown = text_of(s, at);
      if (auto ok = fault(std::move(got.error()), r, at, &s, shown ? *shown : std::string()); !ok)
        return passed(ok);
      out.faulty = true;
      out.readings.push_back({});
      continue;
    }
    if (got->what == reading::kind::rejected) out.rejected = true;
    if (got->what == reading::kind::good) out.slots[s.field->slot] = got->content;
    out.readings.push_back(std::move(*got));
  }
  return out;
}

std::optional<std::string> import_run::key_of(const bound_rule& r, const built& from) const {
  std::vector<value> values;
  for (std::size_t k : r.key) {
    if (from.readings[k].what != reading::kind::good) return std::nullopt;
    values.push_back(from.readings[k].content);
  }
  return key_index::key_of(values);
}

bool import_run::fill(schema::draft& d, const bound_rule& r, const built& from,
                      const schema::record* before) const {
  bool differs = false;
  const auto set = [&](const schema::field& f, const value& v) {
    if (before && before->visible(f.slot) && before->at(f.slot) == v) return;
    if (!before && v.is_null()) return;  // so that a default applies
    d.set(f.name, v);
    differs = true;
  };
  for (std::size_t i = 0; i < r.fields.size(); ++i) {
    const schema::field& f = *r.fields[i].field;
    const reading& given = from.readings[i];
    if (given.what == reading::kind::pending) continue;
    const bool blank = given.what == reading::kind::blank;
    if (blank && (r.fields[i].rule->keep_if_blank || !f.initial.empty())) continue;
    set(f, given.content);
  }
  if (r.currency_slot != schema::no_slot)
    set(r.of->at(r.currency_slot), value(mapping_.currency));
  return differs;
}

result<id> import_run::store(bound_rule& r, const row& at, const built& from,
                             const std::string& key, import_count& count) {
  const id known = r.index->find(key);
  if (known == key_index::rejected) return known;
  if (known == key_index::ambiguous) {
    if (auto ok = fault(error(errc::duplicate, "several records of `" + r.rule->entity +
                                                   "` have this " + joined(r.index->fields()) +
                                                   "; tell them apart first"),
                        r, at, &r.fields[r.key[0]], from.readings[r.key[0]].shown);
        !ok)
      return passed(ok);
    return key_index::rejected;
  }
  result<schema::record> before = schema::record();
  if (known) before = session_.get(r.rule->entity, known);
  if (!before) return passed(before);
  result<schema::draft> d = session_.draft(r.rule->entity);
  if (!d) return passed(d);
  const schema::record* old = known ? &*before : nullptr;
  result<schema::record> now = schema::record();
  if (!fill(*d, r, from, old) && old) {
    ++count.unchanged;
    now = *before;
  } else {
    now = old ? session_.change(known, *d, before->revision(), cause) : session_.create(*d, cause);
    if (!now) {
      if (auto ok = write_faults(std::move(now.error()), r, at, from); !ok) return passed(ok);
      return key_index::rejected;
    }
    ++(old ? count.updated : count.created);
    for (key_index& index : plan_.indexes)
      if (&index.of() == r.of) index.put(*now, old);
    if (const auto held = fetched_.find(r.of); old && held != fetched_.end())
      held->second.erase(known);
  }
  for (std::size_t i = 0; i < r.fields.size(); ++i)
    if (const reading& given = from.readings[i]; given.what == reading::kind::pending)
      pending_.push_back({&r, &r.fields[i], now->key(), given.key, given.shown, given.content,
                          at.line});
  return now->key();
}

result<void> import_run::set_pending() {
  std::vector<pending> waiting = std::move(pending_);
  pending_.clear();
  for (const pending& p : waiting) {
    if (full()) break;
    const row at{.cells = nullptr, .line = p.line};
    const id to = p.from->index->find(p.wanted);
    if (to == key_index::rejected) continue;
    if (!to) {
      if (auto ok = fault(unknown_parent(*p.from, p.found_by), *p.rule, at, p.from, p.shown); !ok)
        return ok;
      continue;
    }
    result<schema::draft> d = session_.draft(p.rule->rule->entity);
    if (!d) return passed(d);
    d->set(p.from->field->name, value(to));
    result<schema::record> now = session_.change(p.key, *d, 0, cause);
    if (!now)
      if (auto ok = fault(std::move(now.error()), *p.rule, at, p.from, p.shown); !ok) return ok;
  }
  return {};
}

error import_run::unknown_parent(const bound_source& s, const value& wanted) const {
  const std::string entity(s.index->of().name());
  return error(errc::not_found, "there is no `" + entity + "` with this " +
                                    joined(s.index->fields()) + s.index->hint(wanted) +
                                    "; import it first, or declare an alias");
}

result<void> import_run::fault(error why, const bound_rule& r, const row& at,
                               const bound_source* s, const std::string& shown) {
  if (stops_the_run(why)) return unexpected(std::move(why));
  std::string where = table_->table->at(at.line);
  if (s) {
    const std::string columns = column_list(*s);
    where += ", " + (columns.empty() ? "field `" + s->field->name + "`" : columns);
    if (!shown.empty()) where += ", value " + in_backticks(shown);
  }
  error out(why.code(), where + ": " + std::string(why.message()));
  out.at_line(at.line).in_entity(r.rule->entity);
  if (s) out.in_field(s->field->name);
  else if (!why.field().empty()) out.in_field(why.field());
  if (!full()) faults_.push_back(std::move(out));
  return {};
}

result<void> import_run::write_faults(error why, const bound_rule& r, const row& at,
                                      const built& from) {
  std::vector<error> all = why.others();
  all.insert(all.begin(), std::move(why));
  for (error& one : all) {
    const auto s = std::find_if(r.fields.begin(), r.fields.end(), [&](const bound_source& f) {
      return f.field->name == one.field();
    });
    const bool known = s != r.fields.end();
    const auto i = static_cast<std::size_t>(s - r.fields.begin());
    if (auto ok = fault(std::move(one), r, at, known ? &*s : nullptr,
                        known ? from.readings[i].shown : std::string());
        !ok)
      return ok;
  }
  return {};
}

}  // namespace guanxi::edge
