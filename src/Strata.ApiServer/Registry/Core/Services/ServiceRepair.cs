using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;
using Strata.Store;

namespace Strata.ApiServer.Registry.Core.Services;

/// <summary>Makes claims and stored services agree: a service gets the claims it lacks (one restored or written by an older server), and a claim without its
/// service (its server died in between) goes. One instance per server, one pass at a time.</summary>
/// <remarks>A claim is taken before its service is stored, so one without a service may be a creation under way. It goes when it is still there and still alone at
/// the next pass, minutes later (registry/core/service: ipallocator/controller/repairip.go).</remarks>
internal sealed partial class ServiceRepair(IRevisionedStore store, ServiceClaims claims, SharedServiceAllocator allocator, ILogger<ServiceRepair> logger)
{
    private Dictionary<string, long> _suspects = [];

    /// <summary>How often a pass is due.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(3);

    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        // Claims first: then every claim read here whose service was stored by now finds it.
        var taken = (await claims.ListAsync(cancellationToken)).ToDictionary(static claim => claim.Key);
        var held = await ReadHeldAsync(cancellationToken);
        foreach (var (key, owner) in held)
        {
            if (!taken.ContainsKey(key) || taken[key].Owner != owner)
            {
                await AddAsync(key, owner, taken, cancellationToken);
            }
        }

        var suspects = new Dictionary<string, long>();
        foreach (var orphan in taken.Values.Where(claim => !held.ContainsKey(claim.Key)).ToList())
        {
            if (_suspects.GetValueOrDefault(orphan.Key) == orphan.Revision)
            {
                await claims.ReleaseAsync(Encoding.UTF8.GetBytes(orphan.Key), orphan.Revision, cancellationToken);
                taken.Remove(orphan.Key);
                LogOrphan(logger, orphan.Key);
            }
            else
            {
                suspects.Add(orphan.Key, orphan.Revision);
            }
        }

        _suspects = suspects;
        allocator.Learn(taken.Values);
    }

    private async ValueTask AddAsync(string key, ServiceOwner owner, Dictionary<string, ServiceClaim> taken, CancellationToken cancellationToken)
    {
        if (await claims.TryTakeAsync(key, owner, cancellationToken))
        {
            taken[key] = new ServiceClaim(key, owner, 0);
        }
        else if (await claims.HolderOfAsync(key, cancellationToken) != owner)
        {
            LogShared(logger, key, owner.Namespace, owner.Name);
        }
    }

    private async Task<Dictionary<string, ServiceOwner>> ReadHeldAsync(CancellationToken cancellationToken)
    {
        var held = new Dictionary<string, ServiceOwner>();
        var range = KeyRange.Prefix(Encoding.UTF8.GetBytes(ResourceStore.PrefixOf(Service.Info)));
        foreach (var entry in (await store.RangeAsync(range, 0, int.MaxValue, cancellationToken)).Entries)
        {
            using var document = JsonDocument.Parse(entry.Value);
            var owner = ServiceOwner.Of(document.RootElement);
            foreach (var key in KeysOf(document.RootElement))
            {
                if (held.TryAdd(key, owner) || held[key] == owner)
                {
                    continue;
                }

                LogShared(logger, key, owner.Namespace, owner.Name);
            }
        }

        return held;
    }

    private IEnumerable<string> KeysOf(JsonElement service)
    {
        var spec = service.Get("spec"u8);
        foreach (var address in spec.Get("clusterIPs"u8).Items())
        {
            if (allocator.IsAddress(address.Text()))
            {
                yield return ServiceClaims.KeyOfAddress(address.Text());
            }
        }

        foreach (var port in spec.Get("ports"u8).Items())
        {
            if ((int)port.Get("nodePort"u8).Number() is > 0 and var number)
            {
                yield return ServiceClaims.KeyOfPort(number);
            }
        }
    }

    [LoggerMessage(EventIds.OrphanReleased, LogLevel.Information, "{Key} was held for a service that does not exist; it is free again")]
    private static partial void LogOrphan(ILogger logger, string key);

    [LoggerMessage(EventIds.AllocationShared, LogLevel.Error, "{Key} is used by service {Namespace}/{Name} and by another one; delete one of the two")]
    private static partial void LogShared(ILogger logger, string key, string @namespace, string name);
}
