using System.Globalization;
using System.Text;
using System.Text.Json;
using Strata.Store;

namespace Strata.ApiServer.Registry.Core.Services;

/// <summary>One key in the store per address and node port that a service holds. Creating the key is what takes it, so that any number of API servers agree on
/// who was first without waiting for one another.</summary>
/// <remarks>Upstream keeps one bitmap per range in the store, for which all creations of services compete, and since KEP-1880 one IPAddress object per address,
/// as here.</remarks>
internal sealed class ServiceClaims(IRevisionedStore store)
{
    private const string AddressPrefix = "/strata/services/addresses/";
    private const string PortPrefix = "/strata/services/nodeports/";

    public static string KeyOfAddress(string address) => AddressPrefix + address;

    public static string KeyOfPort(int port) => PortPrefix + port.ToString(CultureInfo.InvariantCulture);

    public static string? AddressOf(string key) => key.StartsWith(AddressPrefix, StringComparison.Ordinal) ? key[AddressPrefix.Length..] : null;

    public static int? PortOf(string key) =>
        key.StartsWith(PortPrefix, StringComparison.Ordinal) && int.TryParse(key.AsSpan(PortPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : null;

    /// <summary>Takes a key. False when it is taken, even by the same service: of two updates that ask for one port only the first may hold it, since the
    /// other gives back what it took when it loses.</summary>
    public async ValueTask<bool> TryTakeAsync(string key, ServiceOwner owner, CancellationToken cancellationToken) =>
        (await store.PutAsync(Encoding.UTF8.GetBytes(key), Encode(owner), ExpectedRevision.Absent, cancellationToken)).IsCommitted;

    /// <summary>Who has a key; null when nobody does.</summary>
    public async ValueTask<ServiceOwner?> HolderOfAsync(string key, CancellationToken cancellationToken) =>
        await store.GetAsync(Encoding.UTF8.GetBytes(key), 0, cancellationToken) is { } entry ? Decode(entry.Value) : null;

    /// <summary>Gives a key back, if the owner has it.</summary>
    public async ValueTask ReleaseAsync(string key, ServiceOwner owner, CancellationToken cancellationToken)
    {
        var entry = await store.GetAsync(Encoding.UTF8.GetBytes(key), 0, cancellationToken);
        if (entry is not null && Decode(entry.Value) == owner)
        {
            await ReleaseAsync(entry.Key, entry.ModRevision, cancellationToken);
        }
    }

    /// <summary>Gives a key back, unless it was taken anew after <paramref name="revision"/>.</summary>
    public async ValueTask ReleaseAsync(ReadOnlyMemory<byte> key, long revision, CancellationToken cancellationToken) =>
        await store.DeleteAsync(key, revision, cancellationToken); // A conflict or nothing there: somebody else has put it right.

    /// <summary>All keys that are taken, as of one revision.</summary>
    public async ValueTask<IReadOnlyList<ServiceClaim>> ListAsync(CancellationToken cancellationToken)
    {
        var page = await store.RangeAsync(KeyRange.Prefix("/strata/services/"u8.ToArray()), 0, int.MaxValue, cancellationToken);
        return [.. page.Entries.Select(static entry => new ServiceClaim(Encoding.UTF8.GetString(entry.Key.Span), Decode(entry.Value), entry.ModRevision))];
    }

    private static byte[] Encode(ServiceOwner owner) => JsonSerializer.SerializeToUtf8Bytes(owner, ServiceClaimContext.Default.ServiceOwner);

    private static ServiceOwner? Decode(ReadOnlyMemory<byte> value)
    {
        try
        {
            return JsonSerializer.Deserialize(value.Span, ServiceClaimContext.Default.ServiceOwner);
        }
        catch (JsonException)
        {
            return null; // Nobody's: the repair removes it.
        }
    }
}
