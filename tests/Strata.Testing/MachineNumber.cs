namespace Strata.Testing;

/// <summary>A small number that no other test process of this machine holds at the same time: for address ranges and names of interfaces, of which there are few. It is
/// free again when this object or the process ends, however that ends; what a killed process left under the number is for the next holder to remove.</summary>
public sealed class MachineNumber : IDisposable
{
    private const string Folder = "/run/strata-tests/numbers";
    private readonly FileStream _lock;

    private MachineNumber(int value, FileStream held)
    {
        Value = value;
        _lock = held;
    }

    public int Value { get; }

    /// <param name="purpose">Numbers of one purpose are distinct.</param>
    /// <param name="count">Numbers from 0 to this, exclusive.</param>
    /// <exception cref="InvalidOperationException">All are taken.</exception>
    public static MachineNumber Take(string purpose, int count)
    {
        Directory.CreateDirectory(Folder);
        for (var value = 0; value < count; value++)
        {
            try
            {
                return new MachineNumber(value, new FileStream(Path.Combine(Folder, $"{purpose}-{value}"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException)
            {
                continue; // Another process holds it.
            }
        }

        throw new InvalidOperationException($"all {count} numbers for {purpose} are taken; see {Folder}");
    }

    public void Dispose() => _lock.Dispose();
}
