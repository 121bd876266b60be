#include "guanxi/store/store.hpp"

namespace guanxi::store {

std::span<const schema::entity_definition> system_definitions() {
  static const std::vector<schema::entity_definition> all = [] {
    std::vector<schema::entity_definition> out;
    for (const schema::entity_row* row : {&system_table::meta, &system_table::definition,
                                          &system_table::unique, &system_table::change,
                                          &system_table::word, &system_table::cleared,
                                          &system_table::cursor})
      out.push_back(schema::define(*row));
    return out;
  }();
  return all;
}

}  // namespace guanxi::store
