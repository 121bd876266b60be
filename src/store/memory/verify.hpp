// The check of a memory store: trees and ids against cells, unique values, references.
//
//   verify(contents, catalog, inspection).value();
//
// Thread rule: beside readers, while nobody writes.
#pragma once

#include "contents.hpp"
#include "guanxi/schema/catalog.hpp"
#include "guanxi/store/keeping.hpp"

namespace guanxi::store::memory {

/// Errors: errc::interrupted.
result<void> verify(const contents& of, const schema::catalog& catalog, inspection& into);

}  // namespace guanxi::store::memory
