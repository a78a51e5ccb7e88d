using Strata.Api.Models;

namespace Strata.Api.Quotas;

/// <summary>Arithmetic on amounts by resource name (apiserver: pkg/quota/v1/resources.go).</summary>
public static class ResourceSums
{
    /// <summary>Adds every amount of <paramref name="more"/>.</summary>
    public static void Add(this Dictionary<string, Quantity> sum, IReadOnlyDictionary<string, Quantity> more)
    {
        foreach (var (name, amount) in more)
        {
            sum[name] = sum.TryGetValue(name, out var before) ? before + amount : amount;
        }
    }

    /// <summary>Takes every amount of <paramref name="less"/> away, down to zero at the lowest.</summary>
    public static void Subtract(this Dictionary<string, Quantity> sum, IReadOnlyDictionary<string, Quantity> less)
    {
        foreach (var (name, amount) in less)
        {
            if (sum.TryGetValue(name, out var before))
            {
                sum[name] = before > amount ? before - amount : Quantity.FromValue(0);
            }
        }
    }

    /// <summary>Raises every amount to at least that of <paramref name="other"/>.</summary>
    public static void RaiseTo(this Dictionary<string, Quantity> sum, IReadOnlyDictionary<string, Quantity> other)
    {
        foreach (var (name, amount) in other)
        {
            if (!sum.TryGetValue(name, out var before) || amount > before)
            {
                sum[name] = amount;
            }
        }
    }

    /// <summary>Whether both name the same resources with equal amounts.</summary>
    public static bool Same(IReadOnlyDictionary<string, Quantity> left, IReadOnlyDictionary<string, Quantity> right) =>
        left.Count == right.Count && left.All(entry => right.TryGetValue(entry.Key, out var other) && other == entry.Value);

    /// <summary><c>cpu=1,pods=2</c>, sorted by name, of the names given.</summary>
    public static string Describe(IReadOnlyDictionary<string, Quantity> amounts, IEnumerable<string> names) =>
        string.Join(',', names.Where(amounts.ContainsKey).Order(StringComparer.Ordinal).Select(name => $"{name}={amounts[name]}"));
}
