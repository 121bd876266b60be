#include "guanxi/session/keeping.hpp"

#include "guanxi/crm/standard.hpp"
#include "store/restore.hpp"
#include "store/sqlite/salvage.hpp"

#include <string>

namespace guanxi {

result<store::backup_report> restore(std::string_view backup, std::string_view path,
                                     const store::restore_options& how) {
  return store::restore(std::string(backup), std::string(path), how, default_environment());
}

result<store::salvage_report> salvage(std::string_view path, std::string_view into,
                                      const store::salvage_options& how) {
  return store::sqlite::salvage(std::string(path), std::string(into), crm::definitions(), how,
                                default_environment());
}

}  // namespace guanxi
