// What can be read of a damaged file, as a new store.
//
//   salvage("broken.gx", "rescued.gx", crm::definitions(), {}, environment).value();
//
// The file is copied first and only read; its copy may be mended. Tables are walked from both ends.
// What lies between is asked for by ids that the change log and the indices know, and last read off
// the leaf pages, where a record's checksum says whose it is.
#pragma once

#include "guanxi/base/environment.hpp"
#include "guanxi/schema/definition.hpp"
#include "guanxi/store/keeping.hpp"

#include <span>
#include <string>

namespace guanxi::store::sqlite {

/// As guanxi::salvage; `standard` are the definitions of the library, for what is not readable.
result<salvage_report> salvage(const std::string& path, const std::string& into,
                               std::span<const schema::entity_definition> standard,
                               const salvage_options& how, const environment& world);

}  // namespace guanxi::store::sqlite
