// Records of several entities that answer what a person typed.
#include "state.hpp"

#include <algorithm>
#include <utility>

namespace guanxi {

namespace {

constexpr std::size_t most_hits = 1000;

struct hit {
  std::string_view entity;
  std::size_t place = 0;  ///< of the entity among those looked through
  value key, title;
  std::int64_t relevance = 0;
};

bool before(const hit& a, const hit& b) {
  if (a.relevance != b.relevance) return a.relevance > b.relevance;
  if (a.place != b.place) return a.place < b.place;
  const auto by = order(a.title, b.title);
  return by != 0 ? by < 0 : a.key.as_id().value < b.key.as_id().value;
}

/// What there is to search within an entity, as a user sees it.
struct shelf {
  const schema::entity* of = nullptr;
  const schema::field* title = nullptr;  ///< null: there is none, or it is hidden
};

std::optional<shelf> shelf_of(const schema::entity& of, const policy::grants& mine) {
  if (!mine.of(of).may_read) return std::nullopt;
  shelf out{.of = &of};
  bool searchable = false;
  for (const schema::field& f : of.fields()) {
    if (!mine.sees(f)) continue;
    if (f.has(schema::title)) out.title = &f;
    searchable = searchable || (f.has(schema::searchable) && f.type == schema::kind::text);
  }
  return searchable ? std::optional<shelf>(out) : std::nullopt;
}

result<std::vector<shelf>> shelves(const policy::grants& mine,
                                   const std::vector<std::string>& entities) {
  std::vector<shelf> out;
  if (entities.empty()) {
    for (const auto& e : mine.catalog()->entities())
      if (auto s = shelf_of(*e, mine)) out.push_back(*s);
    return out;
  }
  for (const std::string& name : entities) {
    const schema::entity* of = mine.catalog()->find(name);
    if (!of || !mine.of(*of).may_read) return unexpected(query::unknown_entity(name, mine));
    const auto s = shelf_of(*of, mine);
    if (!s)
      return unexpected(error(errc::unknown_name, "`" + name + "` has no searchable field; mark "
                                                  "one as searchable, or leave the entity out")
                            .in_entity(name));
    out.push_back(*s);
  }
  return out;
}

std::string query_of(const shelf& in) {
  const std::string title = in.title ? "\"" + std::string(in.title->name) + "\"" : "null";
  return "select id, " + title + " as title, relevance(:typed) as relevance from \"" +
         std::string(in.of->name()) + "\" where search(:typed)" +
         " order by relevance desc, title, id limit :most";
}

rows answer_of(const std::vector<hit>& hits, const schema::catalog_ptr& catalog) {
  rows out({{.name = "entity", .type = {.base = value_type::text}},
            {.name = "id", .type = {.base = value_type::reference}},
            {.name = "title", .type = {.base = value_type::text}},
            {.name = "relevance", .type = {.base = value_type::integer}}},
           catalog);
  for (const hit& h : hits) {
    const bool text = h.title.is_null() || h.title.type() == value_type::text;
    const value row[] = {h.entity, h.key, text ? h.title : value(h.title.to_string()),
                         h.relevance};
    out.append(row);
  }
  return out;
}

}  // namespace

result<rows> session::search(std::string_view typed, const search_options& options) const {
  if (options.limit < 1 || options.limit > most_hits)
    return unexpected(errc::invalid_argument, "a search gives from 1 to " +
                                                  std::to_string(most_hits) + " records");
  const std::vector<expr::parameter_value> given = {
      {.name = "typed", .content = typed},
      {.name = "most", .content = static_cast<std::int64_t>(options.limit)}};
  if (auto ok = check_texts(given); !ok) return passed(ok);
  result<state::call> in = state_->call_of({.deadline_ms = options.deadline_ms});
  if (!in) return passed(in);
  std::optional<rows> out;
  const auto look_through = [&](const policy::grants& mine, store::reading* by) -> result<void> {
    result<std::vector<shelf>> all = shelves(mine, options.entities);
    if (!all) return passed(all);
    std::vector<hit> hits;
    for (std::size_t place = 0; place < all->size(); ++place) {
      const shelf& here = (*all)[place];
      result<std::shared_ptr<prepared::state>> q = state_->of->texts.find(query_of(here));
      if (!q) return passed(q);
      result<rows> found = state_->run(**q, mine, given, *in, by);
      if (!found) return passed(found);
      for (std::size_t i = 0; i < found->size(); ++i)
        hits.push_back({here.of->name(), place, found->at(i, 0), found->at(i, 1),
                        found->at(i, 2).as_integer()});
    }
    std::sort(hits.begin(), hits.end(), before);
    if (hits.size() > options.limit) hits.resize(options.limit);
    out.emplace(answer_of(hits, mine.catalog()));
    return {};
  };
  if (auto ok = state_->look_so(look_through); !ok) return passed(ok);
  return std::move(*out);
}

}  // namespace guanxi
