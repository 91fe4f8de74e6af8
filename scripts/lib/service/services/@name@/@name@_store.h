// How @names@ stand in SQL.
#ifndef COMITY_@NAME@_@NAME@_STORE_H_
#define COMITY_@NAME@_@NAME@_STORE_H_

#include "services/runtime/resource/resource.h"

namespace comity::@name@ {

const resource::Resource& @Name@Resource();

}  // namespace comity::@name@

#endif  // COMITY_@NAME@_@NAME@_STORE_H_
