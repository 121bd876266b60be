// Options of C, as the library takes them.
//
//   const open_options how = options_from(given);
#pragma once

#include "guanxi.h"

#include "guanxi/session/session.hpp"

namespace guanxi::capi {

/// Throws errc::invalid_argument for what is none.
open_options options_from(const guanxi_open_options& given);

}  // namespace guanxi::capi
