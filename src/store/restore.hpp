// A backup back in its place.
//
//   restore("monday.gx", "shop.gx", {.overwrite = true}, environment).value();
#pragma once

#include "guanxi/store/driver.hpp"

#include <string>

namespace guanxi::store {

/// As guanxi::restore.
result<backup_report> restore(const std::string& backup, const std::string& path,
                              const restore_options& how, const environment& world);

}  // namespace guanxi::store
