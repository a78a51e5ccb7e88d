using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using Strata.Hosting.Files;

namespace Strata.Host.Clusters;

/// <summary>Choices made at a cluster's first start and kept for its life, so that addresses in kubeconfigs and in running pods stay true.</summary>
/// <param name="Slot">Number of the cluster on this machine; it selects the address ranges.</param>
internal sealed record ClusterState(int Slot, int ApiPort, int ArmPort, int CorePort, int NodePort, int CoreNodePort, int VirtualNodePort)
{
    private const int MostSlots = 64;
    private const string SlotFolder = "/run/strata/slots";
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(10);

    /// <summary>Where the cluster's objects are kept; null for SQLite without a limit.</summary>
    public StoreChoice? Store { get; init; }

    /// <summary>How it runs as one of several servers; null for a whole cluster on this machine.</summary>
    public ServerChoice? Server { get; init; }

    /// <summary>Addresses of pods: one range per cluster, cut into one per node.</summary>
    public string ClusterCidr => $"10.{244 - Slot}.0.0/16";

    /// <summary>Addresses of the pods of this machine.</summary>
    public string PodCidr => $"10.{244 - Slot}.0.0/22";

    public string ServiceCidr => Server?.ServiceCidr ?? $"10.{96 + Slot}.0.0/16";

    /// <summary>First address of the service range: the service <c>kubernetes</c>.</summary>
    public IPAddress ApiServiceAddress => ServiceAddress(1);

    public IPAddress DnsAddress => ServiceAddress(10);

    /// <summary>This machine's address on the pod network: the bridge.</summary>
    public IPAddress NodeAddress => IPAddress.Parse($"10.{244 - Slot}.0.1");

    /// <summary>Where pods reach the API server.</summary>
    public IPAddress AdvertiseAddress => Server is null ? NodeAddress : IPAddress.Parse(Server.AdvertiseAddress);

    public static ClusterState? TryLoad(ClusterPaths paths)
    {
        if (!File.Exists(paths.State))
        {
            return null;
        }

        try
        {
            return Read(paths.State);
        }
        catch (JsonException error)
        {
            throw new UserException($"{paths.State} is damaged ({error.Message}); restore it from a backup or remove the cluster with: strata down --purge --data-dir {paths.Data}", error);
        }
    }

    /// <summary>As much as this machine remembers of a cluster whose data is gone: its address ranges. Null when it remembers nothing.</summary>
    public static ClusterState? Recall(ClusterPaths paths)
    {
        for (var slot = 0; slot < MostSlots; slot++)
        {
            if (OwnerOf(slot) == paths.Data)
            {
                return new ClusterState(slot, 0, 0, 0, 0, 0, 0);
            }
        }

        return null;
    }

    /// <exception cref="JsonException">The file is damaged.</exception>
    public static ClusterState Read(string path) =>
        JsonSerializer.Deserialize(File.ReadAllText(path), ClusterStateContext.Default.ClusterState) ?? throw new JsonException("it is empty");

    public void Save(ClusterPaths paths) => SecureFile.Write(paths.State, JsonSerializer.Serialize(this, ClusterStateContext.Default.ClusterState));

    /// <summary>Loads the state, or chooses and stores it; ports that the user names win over stored ones.</summary>
    public static ClusterState LoadOrChoose(ClusterPaths paths, ClusterSettings settings)
    {
        using var slots = LockSlots();
        var known = TryLoad(paths);
        if (known is not null && known.Server is null != settings.Server is null)
        {
            throw new UserException($"{paths.Data} was made by strata {(known.Server is null ? "up" : "server")}; go on with that, or choose another --data-dir");
        }

        var chosen = known ?? Choose(paths);
        chosen = chosen with { ApiPort = settings.ApiPort ?? chosen.ApiPort, ArmPort = settings.ArmPort ?? chosen.ArmPort, Store = settings.Store ?? chosen.Store };
        chosen = chosen with { Server = settings.Server is null ? null : ServerChoice.Choose(settings.Server, chosen.Server) };
        chosen = chosen with { ApiPort = chosen.ApiPort == 0 ? OwnPort(chosen.Slot, 0) : chosen.ApiPort, ArmPort = chosen.ArmPort == 0 ? OwnPort(chosen.Slot, 1) : chosen.ArmPort };
        ClaimSlot(chosen.Slot, paths.Data);
        if (chosen != known)
        {
            chosen.Save(paths);
        }

        return chosen;
    }

    /// <summary>Gives the cluster's number back, for good.</summary>
    public static void ReleaseSlot(ClusterPaths paths)
    {
        using var slots = LockSlots();
        if (Recall(paths) is { } state)
        {
            File.Delete(Path.Combine(SlotFolder, $"{state.Slot}"));
        }
    }

    private IPAddress ServiceAddress(byte last)
    {
        var bytes = System.Net.IPNetwork.Parse(ServiceCidr).BaseAddress.GetAddressBytes();
        bytes[^1] += last;
        return new IPAddress(bytes);
    }

    private static ClusterState Choose(ClusterPaths paths)
    {
        for (var slot = 0; slot < MostSlots; slot++)
        {
            if (!ClaimSlot(slot, paths.Data))
            {
                continue;
            }

            // The first cluster of a machine gets the ports that everybody expects; the next ones get some of their own.
            return slot == 0
                ? new ClusterState(slot, PreferredPort(6443), PreferredPort(7443), PreferredPort(7444), PreferredPort(10250), PreferredPort(10260), PreferredPort(10270))
                : new ClusterState(slot, OwnPort(slot, 0), OwnPort(slot, 1), OwnPort(slot, 2), OwnPort(slot, 3), OwnPort(slot, 4), OwnPort(slot, 5));
        }

        throw new UserException($"{MostSlots} clusters exist on this machine already; remove one with: strata down --purge --data-dir DIR");
    }

    private static string? OwnerOf(int slot)
    {
        var path = Path.Combine(SlotFolder, $"{slot}");
        return File.Exists(path) ? File.ReadAllText(path) : null;
    }

    // A slot is free again when its cluster's data is gone and nothing of the cluster works any more. Call it with the slots locked.
    private static bool ClaimSlot(int slot, string dataDirectory)
    {
        var owner = OwnerOf(slot);
        if (owner is not null && owner != dataDirectory && (Directory.Exists(owner) || Leftovers.Running(new ClusterPaths(owner)).Count > 0))
        {
            return false;
        }

        if (owner != dataDirectory)
        {
            File.WriteAllText(Path.Combine(SlotFolder, $"{slot}"), dataDirectory);
        }

        return true;
    }

    // One cluster at a time looks for a slot and for ports; the lock goes with its process, however that ends.
    private static FileStream LockSlots()
    {
        SecureFile.CreateFolder(SlotFolder);
        var begin = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(SlotFolder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException error) when (Stopwatch.GetElapsedTime(begin) > LockPatience)
            {
                throw new UserException($"cannot lock {SlotFolder}/.lock: {error.Message.TrimEnd('.')}; find who holds it with: fuser {SlotFolder}/.lock", error);
            }
            catch (IOException)
            {
                Thread.Yield(); // Held for a few milliseconds.
            }
        }
    }

    // A block of ports for each slot, below those that the kernel hands out (ip_local_port_range) and those of services: a port that is free
    // when it is chosen is then still free when it is used, at this start and the next ones.
    private static int OwnPort(int slot, int index) => PreferredPort(21000 + (slot * 10) + index);

    private static int PreferredPort(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.Start();
            return port;
        }
        catch (SocketException)
        {
            return FreePort();
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, IgnoreReadOnlyProperties = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ClusterState))]
internal sealed partial class ClusterStateContext : JsonSerializerContext;
