/** A small dialect: FIX 4.4 orders with a field and a message of the venue's own, components and groups in each other. */
export const VENUE_XML = `<?xml version="1.0" encoding="UTF-8"?>
<!-- An order in a dialect -->
<fix type="FIX" major="4" minor="4" servicepack="0">
  <header>
    <field name="BeginString" required="Y"/>
    <field name="BodyLength" required="Y"/>
    <field name="MsgType" required="Y"/>
    <field name="SenderCompID" required="Y"/>
    <field name="TargetCompID" required="Y"/>
    <field name="MsgSeqNum" required="Y"/>
    <field name="SendingTime" required="Y"/>
    <field name="PossDupFlag" required="N"/>
  </header>
  <messages>
    <message name="Heartbeat" msgtype="0" msgcat="admin">
      <field name="TestReqID" required="N"/>
    </message>
    <message name="NewOrderSingle" msgtype="D" msgcat="app">
      <field name="ClOrdID" required="Y"/>
      <component name="Instrument" required="Y"/>
      <component name="Parties" required="N"/>
      <field name="Side" required="Y"/>
      <field name="VenueFlags" required="N"/>
      <field name="VenueMode" required="N"/>
    </message>
    <message name="VenueCall" msgtype="UCALL" msgcat="app">
      <field name="VenueMode" required="Y"/>
    </message>
  </messages>
  <trailer>
    <field name="CheckSum" required="Y"/>
  </trailer>
  <components>
    <component name="Instrument">
      <field name="Symbol" required="Y"/>
    </component>
    <component name="Parties">
      <group name="NoPartyIDs" required="Y">
        <field name="PartyID" required="Y"/>
        <field name="PartyRole" required="Y"/>
        <component name="PartySubs" required="N"/>
      </group>
    </component>
    <component name="PartySubs">
      <group name="NoPartySubIDs" required="N">
        <field name="PartySubID" required="Y"/>
      </group>
    </component>
  </components>
  <fields>
    <field number="8" name="BeginString" type="STRING"/>
    <field number="9" name="BodyLength" type="LENGTH"/>
    <field number="10" name="CheckSum" type="STRING"/>
    <field number="11" name="ClOrdID" type="STRING"/>
    <field number="34" name="MsgSeqNum" type="SEQNUM"/>
    <field number="35" name="MsgType" type="STRING"/>
    <field number="43" name="PossDupFlag" type="BOOLEAN"/>
    <field number="49" name="SenderCompID" type="STRING"/>
    <field number="52" name="SendingTime" type="UTCTIMESTAMP"/>
    <field number="54" name="Side" type="CHAR">
      <value enum="1" description="BUY"/>
      <value enum="2" description="SELL"/>
    </field>
    <field number="55" name="Symbol" type="STRING"/>
    <field number="56" name="TargetCompID" type="STRING"/>
    <field number="112" name="TestReqID" type="STRING"/>
    <field number="448" name="PartyID" type="STRING"/>
    <field number="452" name="PartyRole" type="INT"/>
    <field number="453" name="NoPartyIDs" type="NUMINGROUP"/>
    <field number="523" name="PartySubID" type="STRING"/>
    <field number="802" name="NoPartySubIDs" type="NUMINGROUP"/>
    <field number="9303" name="VenueFlags" type="MULTIPLEVALUESTRING">
      <value enum="HID" description="HIDDEN"/>
      <value enum="AON" description="ALL_OR_NONE"/>
    </field>
    <field number="20001" name="VenueMode" type="INT"/>
  </fields>
</fix>
`;
