using System.Security.Cryptography;
using System.Text;

namespace Strata.VirtualNode.Providers.Arm;

/// <summary>Gathers what is secret, or changes while the pod runs, under keys that stay the same as long as the pod's spec does.</summary>
internal sealed class ProtectedData
{
    private const int MaxKeyLength = 200;
    private readonly SortedDictionary<string, byte[]> _data = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, byte[]> All => _data;

    public string AddText(string name, string value) => Add(name, Encoding.UTF8.GetBytes(value));

    /// <returns>The key, a valid one for a Secret.</returns>
    public string Add(string name, ReadOnlyMemory<byte> content)
    {
        var key = $"pod.{name}";
        var isValid = key.Length <= MaxKeyLength && key.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');
        if (!isValid)
        {
            key = $"pod.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..32]}";
        }

        _data[key] = content.ToArray();
        return key;
    }
}
