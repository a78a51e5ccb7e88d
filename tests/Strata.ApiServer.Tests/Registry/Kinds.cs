using System.Net;
using Strata.ApiServer.Registry;
using Strata.ApiServer.Registry.Core.Services;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Tests.Registry;

/// <summary>The catalog, and an allocator for it.</summary>
internal static class Kinds
{
    public static ServiceAllocator Allocator(string range = "10.96.0.0/16") => new(IPNetwork.Parse(range), 30000, 32767, new IdentitySource(new Random(1)));

    public static ResourceStrategy Get(string kind) => KindCatalog.All(Allocator()).Single(strategy => strategy.Kind.Kind == kind);
}
