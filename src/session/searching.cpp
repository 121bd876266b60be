// Records of several entities that answer what a person typed.
#include "state.hpp"

#include <algorithm>
#include <chrono>
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

/// The rest of a deadline that all queries of a search share.
class time_left {
 public:
  explicit time_left(std::optional<std::int64_t> ms) : ms_(ms) {}
  std::optional<std::int64_t> now() const {
    if (!ms_) return ms_;
    const auto gone = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - began_);
    return std::max<std::int64_t>(*ms_ - gone.count(), 1);
  }

 private:
  using clock = std::chrono::steady_clock;
  std::optional<std::int64_t> ms_;
  clock::time_point began_ = clock::now();
};

std::string query_of(const shelf& in) {
  const std::string title = in.title ? "\"" + std::string(in.title->name) + "\"" : "null";
  return "select id, " + title + " as title, relevance(:typed) as relevance from \"" +
         std::string(in.of->name()) + "\" where search(:typed)" +
         " order by relevance desc, title, id limit :most";
}

}  // namespace

result<rows> session::search(std::string_view typed, const search_options& options) const {
  if (options.limit < 1 || options.limit > most_hits)
    return unexpected(errc::invalid_argument, "a search gives from 1 to " +
                                                  std::to_string(most_hits) + " records");
  result<const policy::grants*> mine = state_->rights();
  if (!mine) return passed(mine);
  result<std::vector<shelf>> all = shelves(**mine, options.entities);
  if (!all) return passed(all);
  query_options within = options.within;
  const time_left left(within.deadline_ms);
  std::vector<hit> hits;
  const std::vector<expr::parameter_value> given = {
      {.name = "typed", .content = typed},
      {.name = "most", .content = static_cast<std::int64_t>(options.limit)}};
  for (std::size_t place = 0; place < all->size(); ++place) {
    const shelf& in = (*all)[place];
    within.deadline_ms = left.now();
    result<rows> found = query(query_of(in), given, within);
    if (!found) return found;
    for (std::size_t i = 0; i < found->size(); ++i)
      hits.push_back({in.of->name(), place, found->at(i, 0), found->at(i, 1),
                      found->at(i, 2).as_integer()});
  }
  std::sort(hits.begin(), hits.end(), before);
  if (hits.size() > options.limit) hits.resize(options.limit);
  rows out({{.name = "entity", .type = {.base = value_type::text}},
            {.name = "id", .type = {.base = value_type::reference}},
            {.name = "title", .type = {.base = value_type::text}},
            {.name = "relevance", .type = {.base = value_type::integer}}},
           (*mine)->catalog());
  for (const hit& h : hits) {
    const value title = h.title.is_null() || h.title.type() == value_type::text
                            ? h.title
                            : value(h.title.to_string());
    const value row[] = {h.entity, h.key, title, h.relevance};
    out.append(row);
  }
  return out;
}

}  // namespace guanxi
