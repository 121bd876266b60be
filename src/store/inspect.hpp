// The core's part of verify: what holds on every store.
//
//   inspect(driver, system_catalog, inspection).value();
#pragma once

#include "guanxi/store/driver.hpp"

#include <functional>

namespace guanxi::store {

/// The driver's own checks, then definitions and the change log. `system` is the catalog of the
/// library's own tables. Errors: errc::interrupted, and what keeps it from reading at all.
/// A driver may keep what it knows of an entity by its address: a catalog that one which lives on
/// is asked with must not go before it. `known` serves if the store describes the same; else `keep`
/// is given the new one.
result<void> inspect(driver& d, const schema::catalog_ptr& system, inspection& into,
                     const schema::catalog_ptr& known = {},
                     const std::function<void(schema::catalog_ptr)>& keep = {});

/// The catalog that a store describes, without what a later library would add; `known` if that is
/// the same.
result<schema::catalog_ptr> stored_catalog(driver& d, const schema::catalog_ptr& system,
                                           const schema::catalog_ptr& known = {});

/// The sequence of the last change that was given out.
result<std::int64_t> last_change(driver& d, const schema::catalog_ptr& catalog);

/// A copy at a path beside its place, checked; errc::store_corrupt, with what is wrong first, if it
/// does not pass.
result<backup_report> checked_copy(driver& from, const schema::catalog_ptr& system,
                                   const std::string& path, const progress& told);

}  // namespace guanxi::store
