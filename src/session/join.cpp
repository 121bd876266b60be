#include "guanxi/session/join.hpp"

#include "guanxi/store/sqlite.hpp"

#include <utility>

namespace guanxi {

result<tenant> open_in(sqlite3* connection, const store::sqlite_functions& functions,
                       const join_options& options) {
  open_options how;
  how.base_currency = options.base_currency;
  how.world = options.world ? *options.world : default_environment();
  how.modules = options.modules;
  auto d = store::open_sqlite_in(connection, functions, {options.prefix, options.create},
                                 *how.world);
  if (!d) return passed(d);
  return open(std::move(*d), how);
}

}  // namespace guanxi
