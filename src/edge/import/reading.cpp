// How one source gives its value for one row.
#include "edge/import/run.hpp"

#include <algorithm>

namespace guanxi::edge {

namespace {

constexpr std::size_t most_fetched = 10'000;

bool ascii(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

instant midnight(date day) noexcept { return {day.days * microseconds_per_day}; }

result<value> read_boolean(const std::string& text, const schema::field& as,
                           const text_services& services) {
  const std::string word = services.folded(text);
  for (const char* yes : {"true", "yes", "1"})
    if (word == yes) return value(true);
  for (const char* no : {"false", "no", "0"})
    if (word == no) return value(false);
  return unexpected(errc::parse, "`" + as.name + "` takes true or false, yes or no, 1 or 0; "
                                                 "declare an alias for other words");
}

}  // namespace

result<import_run::reading> import_run::read(const bound_source& s, const row& at,
                                             std::span<const value> slots) {
  result<reading> got = read_origin(s, at, slots);
  if (!got || got->what != reading::kind::blank || !s.if_empty) return got;
  return computed_for(*s.field, *s.if_empty, slots);
}

result<import_run::reading> import_run::computed_for(const schema::field& as,
                                                     const bound_formula& f,
                                                     std::span<const value> slots) {
  result<value> v = computed(f, slots);
  if (!v) return passed(v);
  if (v->is_null()) return reading{};
  if (as.type == schema::kind::instant && v->type() == value_type::date)
    v = value(midnight(v->as_date()));
  v = schema::fitted(as, std::move(*v));
  if (!v) return passed(v);
  return reading{.what = reading::kind::good, .content = std::move(*v)};
}

result<import_run::reading> import_run::read_origin(const bound_source& s, const row& at,
                                                    std::span<const value> slots) {
  if (s.rule->what == source::kind::record) {
    const id made = at.made[s.record];
    if (made == key_index::rejected) return reading{.what = reading::kind::rejected};
    if (!made) return reading{};
    return reading{.what = reading::kind::good, .content = value(made)};
  }
  if (s.rule->what == source::kind::expression) return computed_for(*s.field, *s.formula, slots);
  result<std::string> text = text_of(s, at);
  if (!text) return passed(text);
  const auto alias = s.rule->aliases.find(*text);
  if (alias != s.rule->aliases.end()) {
    *text = alias->second.value_or(std::string());
  } else if (s.rule->aliases_only && !text->empty()) {
    nearest_name near(*text);
    for (const auto& [known, meaning] : s.rule->aliases) near.offer(known);
    return unexpected(errc::unknown_name, "it is none of the declared aliases" + near.hint());
  }
  if (text->empty()) return reading{};
  const text_services& services = *session_.world().text;
  if (!ascii(*text)) *text = services.composed(*text);
  for (const transform& t : s.rule->transforms) {
    if (t.what == transform::kind::lower) *text = services.lowered(*text);
    else if (t.what == transform::kind::upper) *text = services.uppered(*text);
    else replace_all(*text, t.from, t.to);
  }
  if (s.index) return looked_up(s, at, std::move(*text), slots);
  std::string shown = *text;
  result<value> v = converted(std::move(*text), s, *s.field);
  if (!v) return passed(v);
  return reading{.what = reading::kind::good, .content = std::move(*v), .shown = std::move(shown)};
}

result<std::string> import_run::text_of(const bound_source& s, const row& at) const {
  std::string out;
  switch (s.rule->what) {
    case source::kind::column: return std::string((*at.cells)[s.columns[0]]);
    case source::kind::constant: return s.rule->text;
    case source::kind::pattern: {
      std::size_t column = 0;
      for (const source::piece& p : s.rule->pieces) {
        if (!p.column) {
          out += p.text;
          continue;
        }
        const std::string_view cell = (*at.cells)[s.columns[column++]];
        if (cell.empty()) return std::string();  // half a text names nothing
        out += cell;
      }
      return out;
    }
    default: return out;
  }
}

result<value> import_run::converted(std::string text, const bound_source& s,
                                    const schema::field& as) const {
  value v;
  if (as.type == schema::kind::boolean) return read_boolean(text, as, *session_.world().text);
  if (s.rule->multiply) {
    result<decimal> number = decimal::parse(text);
    if (!number) {
      number.error().set_message("`" + as.name +
                                 "` cannot be read: " + std::string(number.error().message()));
      return passed(number);
    }
    number = multiply(*number, *s.rule->multiply);
    if (!number) return passed(number);
    v = value(*number);
  } else if (!s.rule->date_format.empty()) {
    result<date> day = read_date(text, s.rule->date_format);
    if (!day) return passed(day);
    v = as.type == schema::kind::instant ? value(midnight(*day)) : value(*day);
  } else if (as.type == schema::kind::instant && text.size() == 10) {
    result<date> day = date::parse(text);
    if (!day) return passed(day);
    v = value(midnight(*day));
  } else {
    v = value(std::move(text));
  }
  return schema::fitted(as, std::move(v));
}

result<import_run::reading> import_run::looked_up(const bound_source& s, const row& at,
                                                  std::string text, std::span<const value> slots) {
  reading out{.what = reading::kind::good, .shown = text};
  result<value> first = converted(std::move(text), s, *s.index->fields()[0]);
  if (!first) return passed(first);
  out.content = *first;
  std::vector<value> values{std::move(*first)};
  for (const bound_source& further : s.with) {
    result<reading> part = read(further, at, slots);
    if (!part) return part;
    if (part->what == reading::kind::pending)
      return unexpected(unknown_parent(further, part->content));
    if (part->what != reading::kind::good) return part;
    values.push_back(std::move(part->content));
  }
  if (auto ok = s.index->load(session_); !ok) return passed(ok);
  out.key = *key_index::key_of(values);
  const id to = s.index->find(out.key);
  if (to == key_index::ambiguous)
    return unexpected(errc::duplicate, "several records of `" + std::string(s.index->of().name()) +
                                           "` have this name; tell them apart with `with`");
  if (to == key_index::rejected) {
    out.what = reading::kind::rejected;
  } else if (to) {
    out.content = value(to);
  } else if (table_->makes(s.index->of())) {
    out.what = reading::kind::pending;
  } else {
    return unexpected(unknown_parent(s, out.content));
  }
  return out;
}

result<value> import_run::computed(const bound_formula& f, std::span<const value> slots) {
  std::vector<value> values;
  for (const expr::bound_path& path : f.paths.entries()) {
    value v = slots[path.steps.front()->slot];
    for (std::size_t i = 1; i < path.steps.size() && !v.is_null(); ++i) {
      result<const schema::record*> r = fetch(*path.steps[i]->of, v.as_id());
      if (!r) return passed(r);
      if (!*r) {
        v = value();
        break;
      }
      result<value> next = (*r)->find(path.steps[i]->name);
      if (!next) return passed(next);
      v = std::move(*next);
    }
    values.push_back(std::move(v));
  }
  return expr::evaluate(f.body, {.paths = values, .text = session_.world().text.get()});
}

/// A record as the acting user sees it; nullptr where there is none for that user.
result<const schema::record*> import_run::fetch(const schema::entity& of, id key) {
  auto& held = fetched_[&of];
  if (const auto at = held.find(key); at != held.end()) return &at->second;
  result<schema::record> r = session_.get(of.name(), key);
  if (!r) {
    if (r.error().code() == errc::not_found) return nullptr;
    return passed(r);
  }
  if (held.size() >= most_fetched) held.clear();
  return &held.emplace(key, std::move(*r)).first->second;
}

}  // namespace guanxi::edge
