#include "verify.hpp"

#include "guanxi/store/store.hpp"
#include "query/columns/self_check.hpp"

#include <string>

namespace guanxi::store::memory {

namespace {

class check {
 public:
  check(const contents& of, const schema::entity& e, const table& t, inspection& into)
      : contents_(of), entity_(e), table_(t), into_(into) {}
  bool indices();
  bool references();

 private:
  id key(row_number row) const {
    const query::cells& ids = table_.columns.column(schema::system_slot::id);
    return row < table_.columns.rows() && !ids.is_null(row) ? ids.at(row).as_id() : id{};
  }
  std::string named(row_number row) const {
    return "`" + std::string(entity_.name()) + "` " + std::to_string(key(row).value);
  }
  bool told(const query::disagreement& d);

  const contents& contents_;
  const schema::entity& entity_;
  const table& table_;
  inspection& into_;
};

bool check::told(const query::disagreement& d) {
  const std::string field = entity_.at(d.slot).name;
  const std::string how = d.twice ? " has a value of the unique field `" + field +
                                        "` that another record has too"
                                  : " is not found by `" + field + "`, or found where it is not";
  into_.found({part::index, std::string(entity_.name()), key(d.row), named(d.row) + how});
  return !into_.full();
}

bool check::indices() {
  std::vector<bool> unique(entity_.slots());
  for (const schema::field& f : entity_.fields()) unique[f.slot] = f.has(schema::unique);
  const auto on = [this](row_number) { return into_.on(); };
  return query::self_check(table_.columns, unique, schema::system_slot::deletion_batch,
                           [this](const query::disagreement& d) { return told(d); }, on) ||
         into_.full();
}

bool check::references() {
  for (const schema::field& f : entity_.fields()) {
    if (f.type != schema::kind::reference || !f.target_entity || bare(entity_)) continue;
    const table* target = contents_.find(*f.target_entity);
    const query::cells& cells = table_.columns.column(f.slot);
    for (row_number row = 0; row < table_.columns.rows(); ++row) {
      if (!table_.columns.live(row) || cells.is_null(row)) continue;
      const id to = cells.at(row).as_id();
      if (target && target->columns.find(to) != query::no_row) continue;
      into_.found({part::record, std::string(entity_.name()), key(row),
                   "`" + f.name + "` of " + named(row) + " names `" +
                       std::string(f.target_entity->name()) + "` " + std::to_string(to.value) +
                       ", which is not there"});
    }
    if (!into_.on()) return false;
  }
  return true;
}

}  // namespace

result<void> verify(const contents& of, const schema::catalog& catalog, inspection& into) {
  const auto held = of.hold();
  for (const auto& e : catalog.entities())
    if (const table* t = of.find(*e)) into.expect(t->columns.rows());
  for (const auto& e : catalog.entities()) {
    const table* t = of.find(*e);
    if (!t) {
      into.found({part::file, std::string(e->name()), {},
                  "`" + std::string(e->name()) + "` is defined and has no table"});
      continue;
    }
    check one(of, *e, *t, into);
    if (!one.indices() || !one.references() || !into.count(t->columns.rows()))
      return unexpected(errc::interrupted, "the check was cancelled; nothing was changed");
  }
  return {};
}

}  // namespace guanxi::store::memory
