using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;
using JsonNumber = Strata.Api.Json.JsonNumber;

namespace Strata.ApiServer.Registry.Core.Services;

/// <summary>Fills in a service's cluster address and node ports (registry/core/service: storage/alloc.go).</summary>
internal static class ServiceAllocation
{
    public static async ValueTask<WriteReservation?> ReserveAsync(IServiceAllocator allocator, JsonObject target, JsonObject? old, FieldErrors errors, CancellationToken cancellationToken)
    {
        var reservation = new ServiceReservation(allocator, ServiceOwner.Of(target));
        var before = errors.Causes.Count;
        try
        {
            await ReserveAddressAsync(allocator, target.Ensure("spec"), old.Object("spec"), reservation, errors, cancellationToken);
            await ReservePortsAsync(allocator, target.Ensure("spec"), old.Object("spec"), reservation, errors, cancellationToken);
        }
        catch
        {
            await reservation.AbandonAsync();
            throw;
        }

        if (errors.Causes.Count == before)
        {
            return reservation;
        }

        await reservation.AbandonAsync();
        return null;
    }

    public static bool NeedsAddress(JsonObject? spec) => spec.Text("type") is "ClusterIP" or "NodePort" or "LoadBalancer";

    public static bool NeedsPorts(JsonObject? spec) =>
        spec.Text("type") is "NodePort" || (spec.Text("type") is "LoadBalancer" && spec.Flag("allocateLoadBalancerNodePorts") != false);

    private static async ValueTask ReserveAddressAsync(
        IServiceAllocator allocator, JsonObject spec, JsonObject? oldSpec, ServiceReservation reservation, FieldErrors errors, CancellationToken cancellationToken)
    {
        var held = NeedsAddress(oldSpec) ? Address(oldSpec) : null;
        var wanted = spec.Text("clusterIP");
        if (!NeedsAddress(spec))
        {
            Drop(held, reservation);
            return;
        }

        if (wanted is null)
        {
            wanted = await allocator.AllocateAddressAsync(reservation.Owner, cancellationToken);
            if (wanted is null)
            {
                errors.Invalid("spec.clusterIPs", new JsonArray(), "failed to allocate a serviceIP: range is full");
                return;
            }

            reservation.TakenAddresses.Add(wanted);
        }
        else if (wanted != "None" && wanted != held && !await TakeAsync(allocator, wanted, reservation, errors, cancellationToken))
        {
            return;
        }

        if (wanted != held)
        {
            Drop(held, reservation);
        }

        spec["clusterIP"] = wanted;
        spec["clusterIPs"] = new JsonArray(wanted);
        spec.DefaultText("ipFamilyPolicy", "SingleStack");
        if (spec.Count("ipFamilies") == 0)
        {
            spec["ipFamilies"] = new JsonArray("IPv4");
        }
    }

    private static string? Address(JsonObject? spec) => spec.Text("clusterIP") is { } address && address != "None" ? address : null;

    private static void Drop(string? held, ServiceReservation reservation)
    {
        if (held is not null)
        {
            reservation.DroppedAddresses.Add(held);
        }
    }

    private static async ValueTask<bool> TakeAsync(
        IServiceAllocator allocator, string address, ServiceReservation reservation, FieldErrors errors, CancellationToken cancellationToken)
    {
        switch (await allocator.TakeAddressAsync(address, reservation.Owner, cancellationToken))
        {
            case AllocationOutcome.Taken:
                reservation.TakenAddresses.Add(address);
                return true;
            case AllocationOutcome.InUse:
                errors.Invalid("spec.clusterIPs", new JsonArray(address), $"failed to allocate IP {address}: provided IP is already allocated");
                return false;
            default:
                errors.Invalid("spec.clusterIPs", new JsonArray(address), $"failed to allocate IP {address}: the provided IP is not in the valid range. The range of valid IPs is {allocator.AddressRange}");
                return false;
        }
    }

    private static async ValueTask ReservePortsAsync(
        IServiceAllocator allocator, JsonObject spec, JsonObject? oldSpec, ServiceReservation reservation, FieldErrors errors, CancellationToken cancellationToken)
    {
        var held = oldSpec is null ? [] : Ports(oldSpec).ToHashSet();

        // TCP and UDP of one number may share the port within the service.
        var mine = new HashSet<int>();
        foreach (var (port, index) in spec.Objects("ports"))
        {
            var number = (int)(port.Number("nodePort") ?? 0);
            if (number == 0)
            {
                continue;
            }

            if (mine.Add(number) && !held.Contains(number))
            {
                await TakePortAsync(allocator, number, $"spec.ports[{index}].nodePort", reservation, errors, cancellationToken);
            }
        }

        if (NeedsPorts(spec))
        {
            await AllocatePortsAsync(allocator, spec, mine, reservation, errors, cancellationToken);
        }

        reservation.DroppedPorts.AddRange(held.Where(number => !mine.Contains(number)));
    }

    private static IEnumerable<int> Ports(JsonObject spec) =>
        spec.Objects("ports").Select(static entry => (int)(entry.Item.Number("nodePort") ?? 0)).Where(static number => number != 0);

    private static async ValueTask TakePortAsync(
        IServiceAllocator allocator, int number, string path, ServiceReservation reservation, FieldErrors errors, CancellationToken cancellationToken)
    {
        switch (await allocator.TakePortAsync(number, reservation.Owner, cancellationToken))
        {
            case AllocationOutcome.Taken:
                reservation.TakenPorts.Add(number);
                break;
            case AllocationOutcome.InUse:
                errors.Invalid(path, number, "provided port is already allocated");
                break;
            default:
                errors.Invalid(path, number, $"provided port is not in the valid range. The range of valid ports is {allocator.PortRange}");
                break;
        }
    }

    private static async ValueTask AllocatePortsAsync(
        IServiceAllocator allocator, JsonObject spec, HashSet<int> mine, ServiceReservation reservation, FieldErrors errors, CancellationToken cancellationToken)
    {
        foreach (var (port, index) in spec.Objects("ports"))
        {
            if ((port.Number("nodePort") ?? 0) != 0)
            {
                continue;
            }

            if (await allocator.AllocatePortAsync(reservation.Owner, cancellationToken) is not { } number)
            {
                errors.Invalid($"spec.ports[{index}].nodePort", 0, "failed to allocate a nodePort: range is full");
                return;
            }

            reservation.TakenPorts.Add(number);
            mine.Add(number);
            port["nodePort"] = JsonNumber.Create(number);
        }
    }
}
