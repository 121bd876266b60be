#include "sight.hpp"

#include <algorithm>
#include <utility>

namespace guanxi::cli {
namespace {

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string out;
  for (const std::string& w : words) {
    if (!out.empty()) out += between;
    out += w;
  }
  return out;
}

value text_or_null(std::string text) { return text.empty() ? value() : value(std::move(text)); }

value choices_of(const schema::field& f, language which) {
  std::vector<std::string> out;
  for (const schema::choice_definition& c : f.choices)
    out.push_back(c.code + " " + std::string(in(which, c.label_en, c.label_zh)));
  return text_or_null(joined(out, ", "));
}

value rules_of(const schema::field& f) {
  static constexpr std::pair<schema::field_flag, std::string_view> words[] = {
      {schema::required, "required"}, {schema::unique, "unique"},
      {schema::indexed, "indexed"},   {schema::title, "title"},
      {schema::derived, "derived"},   {schema::tracked, "tracked"},
      {schema::searchable, "searchable"}};
  std::vector<std::string> out;
  for (const auto& [flag, word] : words)
    if (f.has(flag)) out.emplace_back(word);
  if (f.custom) out.emplace_back("custom");
  if (f.system) out.emplace_back("system");
  return text_or_null(joined(out, ", "));
}

}  // namespace

const schema::field* sight::entity::find(std::string_view name) const {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const schema::field* f) { return f->name == name; });
  return found == fields.end() ? nullptr : *found;
}

const sight::entity* sight::find(std::string_view name) const {
  const auto found = std::find_if(entities.begin(), entities.end(),
                                  [&](const entity& e) { return e.of->name() == name; });
  return found == entities.end() ? nullptr : &*found;
}

/// The query language knows who sees what: `select *` has the visible fields, and an entity that
/// may not be read is unknown to it.
result<sight> look(const session& s) {
  sight out;
  out.catalog = s.catalog();
  for (const auto& e : out.catalog->entities()) {
    const result<rows> none = s.query("select * from " + std::string(e->name()) + " limit 0");
    if (!none && none.error().code() == errc::unknown_name) continue;
    if (!none) return unexpected(none.error());
    sight::entity& seen = out.entities.emplace_back();
    seen.of = e.get();
    for (const query::column_info& c : none->columns())
      if (const schema::field* f = e->find(c.name)) seen.fields.push_back(f);
    std::sort(seen.fields.begin(), seen.fields.end(),
              [](const auto* a, const auto* b) { return a->slot < b->slot; });
  }
  return out;
}

query::rows entities_of(const sight& seen, language which) {
  listing out({{"entity"}, {"label"}, {"plural"}, {"fields", value_type::integer},
               {"custom", value_type::boolean}});
  for (const sight::entity& e : seen.entities) {
    const schema::entity_definition& d = e.of->definition();
    out.add({value(e.of->name()), value(in(which, d.label_en, d.label_zh)),
             value(in(which, d.plural_en, d.plural_zh)),
             value(static_cast<std::int64_t>(e.fields.size())), value(e.of->custom())});
  }
  return out.take();
}

result<query::rows> fields_of(const sight& seen, std::span<const std::string> entities,
                              language which) {
  listing out({{"entity"}, {"field"}, {"kind"}, {"label"}, {"target"}, {"choices"}, {"default"},
               {"rules"}});
  for (const std::string& name : entities) {
    const sight::entity* of = seen.find(name);
    if (!of) {
      nearest_name near(name);
      for (const sight::entity& e : seen.entities) near.offer(e.of->name());
      return unexpected(error(errc::unknown_name, "no entity " + in_backticks(name) + near.hint()));
    }
    for (const schema::field* f : of->fields)
      out.add({value(name), value(f->name), value(schema::name(f->type)),
               value(in(which, f->label_en, f->label_zh)),
               seen.find(f->target) ? value(f->target) : value(), choices_of(*f, which),
               text_or_null(f->initial), rules_of(*f)});
  }
  return out.take();
}

}  // namespace guanxi::cli
