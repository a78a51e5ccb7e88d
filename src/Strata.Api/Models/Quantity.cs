using System.Globalization;

namespace Strata.Api.Models;

/// <summary>A Kubernetes resource quantity: a fixed-point number with the suffix style it was written in. Exact to 10⁻⁹; finer input is rounded up,
/// as upstream does. Source: apimachinery/pkg/api/resource/quantity.go (behaviour).</summary>
public readonly struct Quantity : IEquatable<Quantity>, IComparable<Quantity>
{
    private const long NanosPerUnit = 1_000_000_000;
    private static readonly string[] DecimalSuffixes = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
    private static readonly string[] BinarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

    private readonly Int128 _nanos;
    private readonly QuantityFormat _format;

    private Quantity(Int128 nanos, QuantityFormat format)
    {
        _nanos = nanos;
        _format = format;
    }

    /// <summary>The value in thousandths, rounded up (CPU: millicores). Saturates at the limits of <see cref="long"/>.</summary>
    public long MilliValue => Saturate(DivideUp(_nanos, NanosPerUnit / 1000));

    /// <summary>The value in whole units, rounded up (memory: bytes). Saturates at the limits of <see cref="long"/>.</summary>
    public long Value => Saturate(DivideUp(_nanos, NanosPerUnit));

    public bool IsZero => _nanos == 0;

    public bool IsNegative => _nanos < 0;

    /// <summary>A count, written without suffix where possible.</summary>
    public static Quantity FromValue(long value) => new((Int128)value * NanosPerUnit, QuantityFormat.DecimalSI);

    /// <summary>Thousandths, for example millicores.</summary>
    public static Quantity FromMilli(long milli) => new((Int128)milli * (NanosPerUnit / 1000), QuantityFormat.DecimalSI);

    /// <summary>Bytes, written with Ki, Mi, Gi where exact.</summary>
    public static Quantity FromBytes(long bytes) => new((Int128)bytes * NanosPerUnit, QuantityFormat.BinarySI);

    /// <exception cref="FormatException"><paramref name="text"/> is not a quantity.</exception>
    public static Quantity Parse(string text) =>
        TryParse(text, out var quantity) ? quantity : throw new FormatException($"\"{text}\" is not a quantity such as 500m, 2, 1.5 or 256Mi");

    public static bool TryParse(string? text, out Quantity quantity)
    {
        quantity = default;
        var rest = text.AsSpan();
        var negative = rest.StartsWith("-");
        if (negative || rest.StartsWith("+"))
        {
            rest = rest[1..];
        }

        var numberLength = rest.IndexOfAnyExcept("0123456789.");
        var number = numberLength < 0 ? rest : rest[..numberLength];
        var suffix = numberLength < 0 ? [] : rest[numberLength..];
        if (!TryReadSuffix(suffix, out var decimalExponent, out var binaryExponent, out var format) || !TryReadNumber(number, decimalExponent, binaryExponent, out var nanos))
        {
            return false;
        }

        // Upstream caps what does not fit 64 bits, but only where it leaves its fast path, which decimal suffixes do not.
        var most = (Int128)long.MaxValue * NanosPerUnit;
        nanos = format == QuantityFormat.BinarySI && nanos > most ? most : nanos;
        quantity = new Quantity(negative ? -nanos : nanos, format);
        return true;
    }

    public static Quantity operator +(Quantity left, Quantity right) => new(left._nanos + right._nanos, left.IsZero ? right._format : left._format);

    public static Quantity operator -(Quantity left, Quantity right) => new(left._nanos - right._nanos, left._format);

    public static bool operator ==(Quantity left, Quantity right) => left.Equals(right);

    public static bool operator !=(Quantity left, Quantity right) => !left.Equals(right);

    public static bool operator <(Quantity left, Quantity right) => left._nanos < right._nanos;

    public static bool operator >(Quantity left, Quantity right) => left._nanos > right._nanos;

    public static bool operator <=(Quantity left, Quantity right) => left._nanos <= right._nanos;

    public static bool operator >=(Quantity left, Quantity right) => left._nanos >= right._nanos;

    public int CompareTo(Quantity other) => _nanos.CompareTo(other._nanos);

    /// <summary>Equality of value; the suffix style does not count.</summary>
    public bool Equals(Quantity other) => _nanos == other._nanos;

    public override bool Equals(object? obj) => obj is Quantity other && Equals(other);

    public override int GetHashCode() => _nanos.GetHashCode();

    /// <summary>The canonical form: no fraction, the largest suffix that keeps the value exact.</summary>
    public override string ToString()
    {
        if (_nanos == 0)
        {
            return "0";
        }

        var absolute = Int128.Abs(_nanos);
        var sign = _nanos < 0 ? "-" : "";
        var isWhole = absolute % NanosPerUnit == 0;
        if (_format == QuantityFormat.BinarySI && isWhole && absolute >= (Int128)1024 * NanosPerUnit)
        {
            var (mantissa, step) = Reduce(absolute / NanosPerUnit, 1024, BinarySuffixes.Length - 1);
            return sign + mantissa.ToString(CultureInfo.InvariantCulture) + BinarySuffixes[step];
        }

        var (value, thousands) = Reduce(absolute, 1000, _format == QuantityFormat.DecimalExponent ? int.MaxValue : DecimalSuffixes.Length - 1);
        var digits = sign + value.ToString(CultureInfo.InvariantCulture);
        if (_format != QuantityFormat.DecimalExponent)
        {
            return digits + DecimalSuffixes[thousands];
        }

        var exponent = (thousands * 3) - 9;
        return exponent == 0 ? digits : digits + "e" + exponent.ToString(CultureInfo.InvariantCulture);
    }

    private static (Int128 Mantissa, int Steps) Reduce(Int128 value, int unit, int most)
    {
        var steps = 0;
        while (steps < most && value % unit == 0)
        {
            value /= unit;
            steps++;
        }

        return (value, steps);
    }

    private static bool TryReadSuffix(ReadOnlySpan<char> suffix, out int decimalExponent, out int binaryExponent, out QuantityFormat format)
    {
        (decimalExponent, binaryExponent, format) = (0, 0, QuantityFormat.DecimalSI);
        if (suffix.Length == 2 && suffix[1] == 'i')
        {
            var step = "KMGTPE".IndexOf(suffix[0], StringComparison.Ordinal);
            binaryExponent = (step + 1) * 10;
            format = QuantityFormat.BinarySI;
            return step >= 0;
        }

        if (suffix.Length > 1 && suffix[0] is 'e' or 'E')
        {
            format = QuantityFormat.DecimalExponent;
            return int.TryParse(suffix[1..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out decimalExponent) && Math.Abs(decimalExponent) < 40;
        }

        if (suffix.Length == 0)
        {
            return true;
        }

        var position = suffix.Length == 1 ? "num kMGTPE".IndexOf(suffix[0], StringComparison.Ordinal) : -1;
        decimalExponent = (position - 3) * 3;
        return position >= 0 && suffix[0] != ' ';
    }

    private static bool TryReadNumber(ReadOnlySpan<char> number, int decimalExponent, int binaryExponent, out Int128 nanos)
    {
        nanos = 0;
        var dot = number.IndexOf('.');
        var whole = dot < 0 ? number : number[..dot];
        var fraction = dot < 0 ? [] : number[(dot + 1)..];
        if (whole.Length + fraction.Length is 0 or > 36 || fraction.Contains('.'))
        {
            return false;
        }

        var scaled = System.Numerics.BigInteger.Parse(string.Concat("0", whole, fraction), CultureInfo.InvariantCulture) << binaryExponent;
        var shift = 9 + decimalExponent - fraction.Length;
        if (shift >= 0)
        {
            scaled *= System.Numerics.BigInteger.Pow(10, shift);
        }
        else
        {
            scaled = System.Numerics.BigInteger.DivRem(scaled, System.Numerics.BigInteger.Pow(10, -shift), out var remainder);
            scaled += remainder.IsZero ? 0 : 1;
        }

        if (scaled > (System.Numerics.BigInteger)Int128.MaxValue)
        {
            return false;
        }

        nanos = (Int128)scaled;
        return true;
    }

    private static Int128 DivideUp(Int128 value, long divisor)
    {
        var (quotient, remainder) = Int128.DivRem(value, divisor);
        return remainder > 0 ? quotient + 1 : quotient;
    }

    private static long Saturate(Int128 value) => value > long.MaxValue ? long.MaxValue : value < long.MinValue ? long.MinValue : (long)value;

    private enum QuantityFormat : byte
    {
        DecimalSI,
        BinarySI,
        DecimalExponent,
    }
}
