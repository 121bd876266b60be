// Modules of vendors, as the edges give them to a store that is opened.
//
//   auto desk = std::make_shared<work::module>();   options.modules = {desk};
//
// Thread rule: as of work::module.
#pragma once

#include "guanxi/session/session.hpp"
#include "guanxi/work/module.hpp"
