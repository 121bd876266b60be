// A CRM in the host's own SQLite database.
#include "arguments.hpp"
#include "bodies.hpp"

#include "guanxi/session/join.hpp"

namespace guanxi::capi::body {

std::unique_ptr<guanxi_tenant> open_in(const guanxi_environment* environment, sqlite3& connection,
                                       const guanxi_sqlite_functions& functions,
                                       const guanxi_join_options& options) {
  join_options how;
  how.create = options.must_exist == 0;
  if (options.prefix) how.prefix.assign(options.prefix, options.prefix_length);
  if (options.base_currency)
    how.base_currency.assign(options.base_currency, options.base_currency_length);
  if (environment) how.world = environment->content;
  ready_modules ready = modules_of(environment);
  how.modules = std::move(ready.modules);
  tenant opened = guanxi::open_in(&connection, functions, how).value();
  std::string name(opened.store_name());
  return std::make_unique<guanxi_tenant>(
      guanxi_tenant{std::move(opened), std::move(name), this_process(), std::move(ready.inside)});
}

}  // namespace guanxi::capi::body
