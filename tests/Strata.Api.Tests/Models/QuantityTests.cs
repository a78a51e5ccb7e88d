using System.Globalization;
using CsCheck;
using k8s.Models;
using Strata.Api.Models;

namespace Strata.Api.Tests.Models;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("1", "1")]
    [InlineData("+1", "1")]
    [InlineData("-1", "-1")]
    [InlineData("1.5", "1500m")]
    [InlineData("0.5", "500m")]
    [InlineData("1000m", "1")]
    [InlineData("1000", "1k")]
    [InlineData("1024Mi", "1Gi")]
    [InlineData("1500Mi", "1500Mi")]
    [InlineData("1.5Gi", "1536Mi")]
    [InlineData("0.5Ki", "512")]
    [InlineData("0.1Ki", "102400m")]
    [InlineData("1E3", "1e3")]
    [InlineData("12e6", "12e6")]
    [InlineData("1e2", "100")]
    [InlineData("1e-3", "1e-3")]
    [InlineData("5E", "5E")]
    [InlineData("1.0005", "1000500u")]
    [InlineData("100n", "100n")]
    [InlineData("0.1n", "1n")]
    [InlineData("-1.5Gi", "-1536Mi")]
    [InlineData("1.", "1")]
    [InlineData(".5", "500m")]
    [InlineData("0Gi", "0")]
    [InlineData("100Ei", "9223372036854775807")]
    public void Text_is_brought_into_canonical_form(string text, string expected) => Assert.Equal(expected, Quantity.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData(".")]
    [InlineData("1.2.3")]
    [InlineData("1 Gi")]
    [InlineData(" 1")]
    [InlineData("1gi")]
    [InlineData("1K")]
    [InlineData("1mi")]
    [InlineData("1e")]
    [InlineData("1e5.5")]
    [InlineData("--1")]
    [InlineData("0x10")]
    [InlineData("1i")]
    [InlineData("１")]
    public void Anything_else_is_not_a_quantity(string text)
    {
        Assert.False(Quantity.TryParse(text, out _));
        Assert.Throws<FormatException>(() => Quantity.Parse(text));
    }

    [Theory]
    [InlineData("100m", 1, 100)]
    [InlineData("1500m", 2, 1500)]
    [InlineData("1", 1, 1000)]
    [InlineData("1n", 1, 1)]
    [InlineData("1Ki", 1024, 1_024_000)]
    [InlineData("-1500m", -1, -1500)]
    public void Whole_and_milli_values_round_up(string text, long value, long milli)
    {
        Assert.Equal(value, Quantity.Parse(text).Value);
        Assert.Equal(milli, Quantity.Parse(text).MilliValue);
    }

    [Fact]
    public void Values_beyond_a_long_saturate()
    {
        Assert.Equal(long.MaxValue, Quantity.Parse("100E").Value);
        Assert.Equal(long.MinValue, Quantity.Parse("-100E").MilliValue);
    }

    [Fact]
    public void Arithmetic_keeps_the_left_format()
    {
        Assert.Equal("1536Mi", (Quantity.Parse("1Gi") + Quantity.Parse("512Mi")).ToString());
        Assert.Equal("1Gi", (default(Quantity) + Quantity.Parse("1Gi")).ToString());
        Assert.Equal("-500m", (Quantity.Parse("1") - Quantity.Parse("1500m")).ToString());
        Assert.Equal("2Ki", Quantity.FromBytes(2048).ToString());
        Assert.Equal("250m", Quantity.FromMilli(250).ToString());
    }

    [Fact]
    public void Equality_and_order_are_by_value()
    {
        Assert.True(Quantity.Parse("1") == Quantity.Parse("1000m"));
        Assert.True(Quantity.Parse("1Gi") > Quantity.Parse("1G"));
        Assert.Equal(Quantity.Parse("1024").GetHashCode(), Quantity.Parse("1Ki").GetHashCode());
        Assert.True(Quantity.Parse("-1") < Quantity.Parse("0"));
    }

    [Fact]
    public void Printing_and_parsing_are_inverse() =>
        Texts().Sample(text =>
        {
            var quantity = Quantity.Parse(text);
            Assert.Equal(quantity, Quantity.Parse(quantity.ToString()));
            Assert.Equal(quantity.ToString(), Quantity.Parse(quantity.ToString()).ToString());
        });

    [Fact]
    public void The_public_client_agrees_on_positive_quantities() =>
        Texts().Sample(text => Assert.Equal(new ResourceQuantity(text).CanonicalizeString(), Quantity.Parse(text).ToString()), iter: 2000);

    private static Gen<string> Texts() =>
        Gen.Select(Gen.Int[0, 100_000], Gen.Int[0, 999], Gen.Int[0, 3], OneOf("", "m", "k", "M", "G", "Ki", "Mi", "Gi", "u", "e3", "e6"))
            .Select((whole, fraction, digits, suffix) => digits == 0 ? $"{whole}{suffix}" : string.Create(CultureInfo.InvariantCulture, $"{whole}.{fraction % (int)Math.Pow(10, digits)}{suffix}"));

    private static Gen<string> OneOf(params string[] choices) => Gen.Int[0, choices.Length - 1].Select(index => choices[index]);
}
