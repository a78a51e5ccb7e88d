using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Strata.ApiServer.Registry;
using Strata.ApiServer.Registry.Core.Services;
using Strata.ApiServer.Registry.Generic;
using Strata.Store;
using Strata.Store.Memory;

namespace Strata.ApiServer.Tests.Registry;

/// <summary>The catalog, and an allocator for it.</summary>
internal static class Kinds
{
    public static ServiceAllocator Allocator(string range = "10.96.0.0/16") => new(IPNetwork.Parse(range), 30000, 32767, new IdentitySource(new Random(1)));

    /// <summary>An allocator over a store of its own, unless given one to share.</summary>
    public static SharedServiceAllocator SharedAllocator(string range = "10.96.0.0/16", IRevisionedStore? store = null) =>
        new(Allocator(range), new ServiceClaims(store ?? new MemoryStore()), NullLogger<SharedServiceAllocator>.Instance);

    public static ResourceStrategy Get(string kind) => KindCatalog.All(SharedAllocator()).Single(strategy => strategy.Kind.Kind == kind);
}
