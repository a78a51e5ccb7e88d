using System.Globalization;

namespace Strata.Cri.Linux;

/// <summary>What this process may do: capabilities(7).</summary>
internal static class Capabilities
{
    private const int SysResource = 24;

    public static bool HasSysResource() => Has(SysResource);

    private static bool Has(int capability)
    {
        foreach (var line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith("CapEff:", StringComparison.Ordinal))
            {
                var mask = ulong.Parse(line.AsSpan("CapEff:".Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                return (mask >> capability & 1) != 0;
            }
        }
        return false;
    }
}
