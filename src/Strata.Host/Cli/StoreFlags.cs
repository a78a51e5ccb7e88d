using System.CommandLine;
using System.Globalization;
using Strata.Host.Clusters;

namespace Strata.Host.Cli;

/// <summary>The flags that say where a cluster keeps its objects. Without them: as last time, at first SQLite.</summary>
internal sealed class StoreFlags
{
    private readonly Option<string?> _store = Flag("--store", "Where the objects are kept: sqlite, or etcd=URL,URL for an etcd cluster of its own. Default: as last time, at first sqlite.", "STRATA_STORE");
    private readonly Option<string?> _ca = Flag("--etcd-ca", "PEM file with the CAs of etcd; those of the system by default.", "STRATA_ETCD_CA");
    private readonly Option<string?> _cert = Flag("--etcd-cert", "PEM file with the certificate to show to etcd.", "STRATA_ETCD_CERT");
    private readonly Option<string?> _key = Flag("--etcd-key", "PEM file with the key of that certificate.", "STRATA_ETCD_KEY");
    private readonly Option<string?> _quota = Flag("--store-quota", "Largest size of the SQLite file, such as 2Gi; writes beyond it are refused. No limit by default.", "STRATA_STORE_QUOTA");

    public void AddTo(Command command)
    {
        foreach (var option in (ReadOnlySpan<Option>)[_store, _ca, _cert, _key, _quota])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What was asked for; null for what it was last time.</summary>
    public StoreChoice? Read(ParseResult parsed)
    {
        var (store, ca, cert, key, quota) = (parsed.GetValue(_store), parsed.GetValue(_ca), parsed.GetValue(_cert), parsed.GetValue(_key), parsed.GetValue(_quota));
        if (store is null && ca is null && cert is null && key is null && quota is null)
        {
            return null;
        }

        return StoreChoice.Parse(store ?? "sqlite", ca, cert, key, quota is null ? null : BytesOf(quota));
    }

    internal static long BytesOf(string text)
    {
        var (digits, unit) = text switch
        {
            [.. var number, 'M', 'i'] => (number, 1L << 20),
            [.. var number, 'G', 'i'] => (number, 1L << 30),
            [.. var number, 'K', 'i'] => (number, 1L << 10),
            _ => (text, 1L),
        };
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 && count <= long.MaxValue / unit
            ? count * unit
            : throw new UserException($"\"{text}\" is no size; it looks like 512Mi or 2Gi");
    }

    private static Option<string?> Flag(string name, string description, string variable) => new(name)
    {
        Description = $"{description} ({variable})",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } given ? given : null,
    };
}
